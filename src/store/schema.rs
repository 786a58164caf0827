//! The tables, as both databases have them after the migrations. A test compares.

#![allow(missing_docs, clippy::wildcard_imports, reason = "written by a macro")]

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    organizations (id) {
        id -> Uuid,
        slug -> Text,
        name -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
        contact_email -> Nullable<Text>,
        default_language -> Text,
        default_timezone -> Text,
        mail_sender_name -> Nullable<Text>,
        mail_reply_to -> Nullable<Text>,
        second_factor_required -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    api_tokens (id) {
        id -> Uuid,
        organization_id -> Uuid,
        name -> Text,
        role -> Text,
        token_hash -> Text,
        created_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
        scopes -> Nullable<Jsonb>,
        events -> Nullable<Jsonb>,
        expires_at -> Nullable<Timestamptz>,
        issued_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    events (id) {
        id -> Uuid,
        organization_id -> Uuid,
        slug -> Text,
        title -> Text,
        summary -> Text,
        description -> Text,
        status -> Text,
        visibility -> Text,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        timezone -> Text,
        location -> Jsonb,
        languages -> Jsonb,
        contact_email -> Nullable<Text>,
        registration_opens_at -> Nullable<Timestamptz>,
        registration_closes_at -> Nullable<Timestamptz>,
        waitlist -> Text,
        search_key -> Text,
        published_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
        registration_mode -> Text,
        external_url -> Nullable<Text>,
        approval -> Bool,
        pending_holds_seat -> Bool,
        verify_email -> Bool,
        offer_hours -> BigInt,
        edit_until -> Nullable<Timestamptz>,
        series_id -> Nullable<Uuid>,
        edition -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    event_tags (event_id, tag) {
        event_id -> Uuid,
        tag -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    event_hosts (event_id, organization_id) {
        event_id -> Uuid,
        organization_id -> Uuid,
        role -> Text,
        data_access -> Text,
        position -> BigInt,
        state -> Text,
        version -> BigInt,
        updated_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    quotas (id) {
        id -> Uuid,
        event_id -> Uuid,
        capacity -> Nullable<BigInt>,
        taken -> BigInt,
        ticket_type_id -> Nullable<Uuid>,
        session_id -> Nullable<Uuid>,
        held -> BigInt,
        allowed -> BigInt,
        catalog -> Nullable<Uuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    registrations (id) {
        id -> Uuid,
        event_id -> Uuid,
        code -> Text,
        status -> Text,
        first_name -> Text,
        last_name -> Nullable<Text>,
        email -> Text,
        email_key -> Nullable<Text>,
        organization -> Nullable<Text>,
        job_title -> Nullable<Text>,
        phone -> Nullable<Text>,
        country -> Nullable<Text>,
        locale -> Text,
        external_ref -> Nullable<Text>,
        source -> Text,
        waitlist_rank -> Nullable<BigInt>,
        ticket_epoch -> BigInt,
        search_key -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
        via_organization_id -> Nullable<Uuid>,
        seated -> Bool,
        ticket_type_id -> Nullable<Uuid>,
        group_id -> Nullable<Uuid>,
        answers -> Nullable<Jsonb>,
        expires_at -> Nullable<Timestamptz>,
        note -> Nullable<Text>,
        tags -> Nullable<Jsonb>,
        access_code_id -> Nullable<Uuid>,
        reason -> Nullable<Text>,
        answers_key -> Nullable<Jsonb>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    messages (id) {
        id -> Uuid,
        event_id -> Nullable<Uuid>,
        registration_id -> Nullable<Uuid>,
        about_id -> Nullable<Uuid>,
        kind -> Text,
        recipient -> Text,
        state -> Text,
        attempts -> BigInt,
        due_at -> Nullable<Timestamptz>,
        lease -> Nullable<Uuid>,
        reply -> Nullable<Text>,
        sent_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    audit (organization_id, id) {
        organization_id -> Uuid,
        id -> Uuid,
        event_id -> Nullable<Uuid>,
        actor -> Text,
        actor_id -> Nullable<Uuid>,
        network -> Nullable<Text>,
        deed -> Text,
        subject_id -> Nullable<Uuid>,
        changes -> Nullable<Jsonb>,
        at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    idempotency_keys (id) {
        id -> Text,
        body_hash -> Text,
        status -> BigInt,
        headers -> Jsonb,
        body -> Text,
        created_at -> Timestamptz,
        queue -> Nullable<Uuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    check_in_lists (id) {
        id -> Uuid,
        event_id -> Uuid,
        name -> Text,
        created_at -> Timestamptz,
        attended -> BigInt,
        inside -> BigInt,
        entries -> BigInt,
        exits -> BigInt,
        denied -> BigInt,
        zone -> Nullable<Text>,
        ticket_types -> Jsonb,
        sessions -> Jsonb,
        opens_at -> Nullable<Timestamptz>,
        closes_at -> Nullable<Timestamptz>,
        admits -> Text,
        directions -> Text,
        capacity -> Nullable<BigInt>,
        when_full -> Text,
        automatic_exit_at -> Nullable<Timestamptz>,
        fields -> Jsonb,
        questions -> Jsonb,
        roster_names -> Text,
        inside_later -> BigInt,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    check_in_conflicts (check_in_id) {
        check_in_id -> Uuid,
        event_id -> Uuid,
        list_id -> Uuid,
        registration_id -> Uuid,
        reason -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    check_in_settlements (check_in_id) {
        check_in_id -> Uuid,
        reason -> Text,
        settled_by -> Text,
        settled_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    attendance_rules (event_id) {
        event_id -> Uuid,
        lists -> Nullable<BigInt>,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    check_ins (id) {
        id -> Uuid,
        list_id -> Uuid,
        event_id -> Uuid,
        registration_id -> Nullable<Uuid>,
        direction -> Text,
        result -> Text,
        reason -> Nullable<Text>,
        visit -> Nullable<BigInt>,
        device -> Text,
        nonce -> Nullable<Text>,
        annuls_id -> Nullable<Uuid>,
        annul_reason -> Nullable<Text>,
        occurred_at -> Timestamptz,
        recorded_at -> Timestamptz,
        source -> Text,
        standing -> Nullable<Text>,
        answer_errors -> Nullable<Jsonb>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Timestamptz, Uuid};

    answers_given (registration_id, question) {
        registration_id -> Uuid,
        question -> Text,
        answered_at -> Timestamptz,
        fact -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    devices (id) {
        id -> Uuid,
        event_id -> Uuid,
        name -> Text,
        lists -> Jsonb,
        walk_ins -> Bool,
        code_hash -> Nullable<Text>,
        code_expires_at -> Timestamptz,
        token_hash -> Nullable<Text>,
        paired_at -> Nullable<Timestamptz>,
        expires_at -> Nullable<Timestamptz>,
        last_seen_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    accounts (id) {
        id -> Uuid,
        email -> Text,
        email_key -> Text,
        name -> Text,
        language -> Text,
        password_hash -> Nullable<Text>,
        second_factor -> Nullable<Text>,
        second_factor_at -> Nullable<Timestamptz>,
        second_factor_step -> Nullable<BigInt>,
        recovery_codes -> Jsonb,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    sign_ins (id) {
        id -> Uuid,
        account_id -> Uuid,
        token_hash -> Text,
        second_factor -> Bool,
        user_agent -> Text,
        network -> Nullable<Text>,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    password_resets (id) {
        id -> Uuid,
        account_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    members (id) {
        id -> Uuid,
        organization_id -> Uuid,
        account_id -> Uuid,
        event_id -> Nullable<Uuid>,
        role -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    invites (id) {
        id -> Uuid,
        organization_id -> Uuid,
        event_id -> Nullable<Uuid>,
        email -> Text,
        email_key -> Text,
        role -> Text,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        accepted_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    audit_seals (organization_id, number) {
        organization_id -> Uuid,
        number -> BigInt,
        last_id -> Uuid,
        entries -> BigInt,
        hash -> Text,
        sealed_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    series (id) {
        id -> Uuid,
        organization_id -> Uuid,
        slug -> Text,
        title -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    event_sessions (id) {
        id -> Uuid,
        event_id -> Uuid,
        title -> Text,
        description -> Text,
        room -> Nullable<Text>,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        overlap_allowed -> Bool,
        position -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    ticket_types (id) {
        id -> Uuid,
        event_id -> Uuid,
        name -> Text,
        description -> Text,
        visibility -> Text,
        opens_at -> Nullable<Timestamptz>,
        closes_at -> Nullable<Timestamptz>,
        min_group -> BigInt,
        max_group -> BigInt,
        approval -> Bool,
        sessions -> Jsonb,
        position -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    questions (id) {
        id -> Uuid,
        event_id -> Uuid,
        key -> Text,
        kind -> Text,
        label -> Jsonb,
        help -> Jsonb,
        options -> Jsonb,
        required -> Bool,
        ticket_types -> Nullable<Jsonb>,
        asked_at -> Text,
        condition -> Nullable<Jsonb>,
        retention_days -> Nullable<BigInt>,
        sensitive -> Bool,
        position -> BigInt,
        retired_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    consent_texts (id) {
        id -> Uuid,
        event_id -> Uuid,
        key -> Text,
        edition -> BigInt,
        purpose -> Text,
        organization_id -> Nullable<Uuid>,
        text -> Jsonb,
        required -> Bool,
        retired_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    consents (id) {
        id -> Uuid,
        event_id -> Uuid,
        registration_id -> Uuid,
        consent_text_id -> Uuid,
        key -> Text,
        language -> Text,
        given_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    access_codes (id) {
        id -> Uuid,
        event_id -> Uuid,
        code -> Text,
        code_key -> Text,
        note -> Nullable<Text>,
        max_uses -> Nullable<BigInt>,
        used -> BigInt,
        seated -> BigInt,
        opens_at -> Nullable<Timestamptz>,
        closes_at -> Nullable<Timestamptz>,
        ticket_type_id -> Nullable<Uuid>,
        email_domains -> Jsonb,
        reserved -> BigInt,
        release_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    guest_invitations (id) {
        id -> Uuid,
        event_id -> Uuid,
        email -> Text,
        email_key -> Text,
        first_name -> Text,
        last_name -> Nullable<Text>,
        organization -> Nullable<Text>,
        language -> Text,
        ticket_type_id -> Nullable<Uuid>,
        sessions -> Jsonb,
        state -> Text,
        word -> Nullable<Text>,
        registration_id -> Nullable<Uuid>,
        keeps_seat -> Bool,
        seat_until -> Nullable<Timestamptz>,
        expires_at -> Timestamptz,
        answered_at -> Nullable<Timestamptz>,
        search_key -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    registration_sessions (registration_id, session_id) {
        registration_id -> Uuid,
        session_id -> Uuid,
        event_id -> Uuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    letter_settings (event_id) {
        event_id -> Uuid,
        reminders -> Jsonb,
        thanks_after_hours -> Nullable<BigInt>,
        calendar_method -> Text,
        since -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    announcements (id) {
        id -> Uuid,
        event_id -> Uuid,
        kind -> Text,
        occasion -> Text,
        previously -> Nullable<Jsonb>,
        session -> Nullable<Jsonb>,
        announced_at -> Timestamptz,
        reached -> Nullable<Uuid>,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    letter_wordings (event_id, kind, language) {
        event_id -> Uuid,
        kind -> Text,
        language -> Text,
        subject -> Nullable<Text>,
        body -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    column_sets (id) {
        id -> Uuid,
        organization_id -> Uuid,
        slug -> Text,
        name -> Text,
        kind -> Text,
        column_keys -> Jsonb,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    letters_declined (registration_id) {
        registration_id -> Uuid,
        epoch -> BigInt,
        declined_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    imports (id) {
        id -> Uuid,
        event_id -> Uuid,
        mode -> Text,
        state -> Text,
        file_rows -> BigInt,
        report -> Jsonb,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    mail_pauses (id) {
        id -> Uuid,
        reply -> Text,
        since -> Timestamptz,
        probe_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    undeliverable_addresses (registration_id) {
        registration_id -> Uuid,
        recipient -> Text,
        reply -> Text,
        since -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    bounces (message_id, fingerprint) {
        message_id -> Uuid,
        fingerprint -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    campaigns (id) {
        id -> Uuid,
        event_id -> Uuid,
        subject -> Jsonb,
        body -> Jsonb,
        audience -> Jsonb,
        consent -> Nullable<Text>,
        state -> Text,
        send_at -> Nullable<Timestamptz>,
        reached -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Jsonb, Timestamptz, Uuid};

    campaign_recipients (campaign_id, registration_id) {
        campaign_id -> Uuid,
        registration_id -> Uuid,
        message_id -> Uuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::sql_types::{Timestamptz, Uuid};

    former_members (organization_id, account_id) {
        organization_id -> Uuid,
        account_id -> Uuid,
        name -> Text,
        left_at -> Timestamptz,
    }
}

diesel::joinable!(api_tokens -> organizations (organization_id));
diesel::joinable!(members -> accounts (account_id));
diesel::joinable!(members -> organizations (organization_id));
diesel::joinable!(sign_ins -> accounts (account_id));
diesel::joinable!(registration_sessions -> registrations (registration_id));
diesel::joinable!(event_hosts -> organizations (organization_id));
diesel::joinable!(check_ins -> registrations (registration_id));
diesel::joinable!(check_in_conflicts -> check_ins (check_in_id));
diesel::joinable!(campaign_recipients -> messages (message_id));
diesel::allow_tables_to_appear_in_same_query!(
    organizations,
    api_tokens,
    events,
    event_tags,
    event_hosts,
    quotas,
    registrations,
    answers_given,
    messages,
    audit,
    idempotency_keys,
    check_in_lists,
    check_ins,
    check_in_conflicts,
    check_in_settlements,
    attendance_rules,
    devices,
    accounts,
    sign_ins,
    password_resets,
    members,
    former_members,
    invites,
    audit_seals,
    series,
    event_sessions,
    ticket_types,
    questions,
    consent_texts,
    consents,
    access_codes,
    guest_invitations,
    registration_sessions,
    letter_settings,
    announcements,
    letter_wordings,
    letters_declined,
    column_sets,
    imports,
    mail_pauses,
    undeliverable_addresses,
    bounces,
    campaigns,
    campaign_recipients
);

diesel::allow_columns_to_appear_in_same_group_by_clause!(registration_sessions::session_id, registrations::status);
diesel::allow_columns_to_appear_in_same_group_by_clause!(campaign_recipients::campaign_id, messages::state);
