//! What may be done at an event, by chance: values, so that a walk can be taken again, and with fewer steps.

use rand::RngExt;
use rand::rngs::StdRng;
use turnout::registrations::RegistrationStatus::{
    self, Cancelled, Confirmed, Expired, Offered, PendingApproval, PendingVerification, Rejected, Waitlisted,
};

/// A deed, and how many minutes pass after it.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub deed: Deed,
    pub minutes: i64,
}

/// Something that is done at an event with two ticket types, two sessions and two codes.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    /// Somebody registers, alone or with others, with a code or without; or an organizer registers them.
    Register { people: Vec<Guest>, code: Option<usize>, by_hand: bool, force: bool },
    /// The event (0), a ticket type (1, 2) or a session (3, 4) has so many seats.
    Capacity { part: usize, seats: i64, force: bool },
    /// So many seats are kept for a code, and so many may use it.
    Code { code: usize, reserved: i64, max_uses: Option<i64> },
    /// What is over by the clock is ended.
    TimePasses,
    /// Something is done to one registration.
    One { what: What, who: Pick, force: bool },
    /// A place goes to somebody else.
    Transfer { who: Pick, name: u8 },
    /// A registration is changed.
    Edit { who: Pick, change: Change, force: bool },
    /// Somebody is invited, with a seat that is kept for so many minutes, or without; they can answer for so many.
    Invite { guest: Guest, any_kind: bool, kept: Option<i64>, answer: i64 },
    /// Something becomes of an invitation.
    Invitation { what: Asked, who: Pick },
    /// The same is done to several.
    Many { what: Many, who: [Pick; 3], force: bool },
}

/// One of those who are registered together.
#[derive(Debug, Clone)]
pub(super) struct Guest {
    pub name: u8,
    pub kind: usize,
    pub sessions: [bool; 2],
}

/// Somebody: one of those to whom it may be done, or anybody at all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pick {
    pub number: u32,
    pub anybody: bool,
}

/// What is changed of a registration.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Kind(usize),
    Sessions([bool; 2]),
    Both(usize, [bool; 2]),
    Address(u8),
    Note,
}

/// What is done to one registration.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    Cancel,
    CancelAlone,
    Approve,
    Reject,
    Verify,
    Accept,
    Decline,
    Promote,
    Prioritize(i64),
    Restore,
    Erase,
    Resend,
}

/// What becomes of an invitation.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked {
    Yes,
    No,
    Resend,
    Revoke,
}

/// What is done to several registrations.
#[derive(Debug, Clone, Copy)]
pub(super) enum Many {
    Approve,
    Reject,
    Cancel,
    Restore,
    Tag,
    Resend,
}

impl What {
    /// To whom it may be done.
    pub(super) fn concerns(self) -> &'static [RegistrationStatus] {
        match self {
            Self::Cancel | Self::CancelAlone => &[PendingVerification, PendingApproval, Confirmed, Waitlisted, Offered],
            Self::Approve | Self::Reject => &[PendingApproval],
            Self::Verify => &[PendingVerification],
            Self::Accept | Self::Decline => &[Offered],
            Self::Promote => &[Waitlisted, Offered],
            Self::Prioritize(_) => &[Waitlisted],
            Self::Restore => &[Cancelled, Rejected, Expired],
            Self::Erase | Self::Resend => &[],
        }
    }
}

impl Many {
    /// To whom it may be done.
    pub(super) fn concerns(self) -> &'static [RegistrationStatus] {
        match self {
            Self::Approve | Self::Reject => &[PendingApproval],
            Self::Restore => &[Cancelled, Rejected, Expired],
            Self::Cancel => What::Cancel.concerns(),
            Self::Tag | Self::Resend => &[],
        }
    }
}

impl Deed {
    /// Any deed.
    pub(super) fn any(random: &mut StdRng) -> Self {
        let force = random.random_bool(0.15);
        let number = random.random_range(0..=100_i64);
        let one = |what: What, random: &mut StdRng| Self::One { what, who: Pick::any(random), force };
        match random.random_range(0..115) {
            0..=24 => Self::register(random, force),
            // The event's own seats more often than those of its parts: they are what most people wait for.
            25..=35 => Self::Capacity {
                part: [0, 0, 0, 0, 1, 2, 3, 4][random.random_range(0..8_usize)],
                seats: random.random_range(0..12),
                force,
            },
            36..=39 => Self::Code {
                code: random.random_range(0..2),
                reserved: random.random_range(0..3),
                max_uses: random.random_bool(0.5).then(|| random.random_range(1..5)),
            },
            40..=43 | 114 => Self::TimePasses,
            44..=48 => one(What::Cancel, random),
            49..=52 => one(What::CancelAlone, random),
            53..=57 => one(What::Approve, random),
            58..=60 => one(What::Reject, random),
            61..=68 => one(What::Verify, random),
            69..=72 => one(What::Accept, random),
            73..=76 => one(What::Decline, random),
            77..=78 => one(What::Promote, random),
            79..=80 => one(What::Prioritize(number), random),
            81..=84 => one(What::Restore, random),
            85 => one(What::Erase, random),
            86 => one(What::Resend, random),
            87..=89 => Self::Transfer { who: Pick::any(random), name: random.random_range(0..16) },
            90..=95 => Self::Edit { who: Pick::any(random), change: Change::any(random), force },
            100..=106 => Self::invite(random),
            107..=111 => Self::Invitation {
                what: if random.random_bool(0.7) { Asked::Yes } else { Asked::No },
                who: Pick::any(random),
            },
            112 => Self::Invitation { what: Asked::Resend, who: Pick::any(random) },
            113 => Self::Invitation { what: Asked::Revoke, who: Pick::any(random) },
            _ => Self::Many { what: Many::any(random), who: std::array::from_fn(|_| Pick::any(random)), force },
        }
    }

    fn register(random: &mut StdRng, force: bool) -> Self {
        let size = [1, 1, 1, 1, 2, 3][random.random_range(0..6_usize)];
        let by_hand = force || random.random_bool(0.1);
        let code = random.random_bool(0.35).then(|| random.random_range(0..2));
        // Who comes with the second code comes with the second ticket type: others are refused.
        let kind = if code == Some(1) { Some(1) } else { None };
        let guest = |random: &mut StdRng| Guest {
            name: random.random_range(0..16),
            kind: kind.unwrap_or_else(|| random.random_range(0..2)),
            sessions: std::array::from_fn(|_| random.random_bool(0.4)),
        };
        Self::Register { people: (0..size).map(|_| guest(random)).collect(), code, by_hand, force: by_hand && force }
    }

    fn invite(random: &mut StdRng) -> Self {
        let guest = Guest {
            name: random.random_range(0..16),
            kind: random.random_range(0..2),
            sessions: std::array::from_fn(|_| random.random_bool(0.3)),
        };
        let answer = random.random_range(5..120);
        let kept = random.random_bool(0.6).then(|| random.random_range(3..=answer));
        Self::Invite { guest, any_kind: random.random_bool(0.3), kept, answer }
    }

    /// Whether it may let more in than there are seats.
    pub(super) fn is_forced(&self) -> bool {
        match self {
            Self::Register { force, .. }
            | Self::Capacity { force, .. }
            | Self::One { force, .. }
            | Self::Edit { force, .. }
            | Self::Many { force, .. } => *force,
            Self::Code { .. }
            | Self::TimePasses
            | Self::Transfer { .. }
            | Self::Invite { .. }
            | Self::Invitation { .. } => false,
        }
    }

    /// What it is, in a word.
    pub(super) fn word(&self) -> String {
        let debug = match self {
            Self::One { what, .. } => format!("{what:?}"),
            Self::Many { what, .. } => format!("Many {what:?}"),
            Self::Invitation { what, .. } => format!("Invited {what:?}"),
            other => format!("{other:?}"),
        };
        let of_two = debug.starts_with("Many") || debug.starts_with("Invited");
        let end = debug.find([' ', '(', '{']).filter(|_| !of_two).unwrap_or(debug.len());
        debug[..end].to_owned()
    }
}

impl Change {
    fn any(random: &mut StdRng) -> Self {
        let sessions = std::array::from_fn(|_| random.random_bool(0.5));
        match random.random_range(0..5) {
            0 => Self::Kind(random.random_range(0..2)),
            1 => Self::Sessions(sessions),
            2 => Self::Both(random.random_range(0..2), sessions),
            3 => Self::Address(random.random_range(0..16)),
            _ => Self::Note,
        }
    }
}

impl Many {
    fn any(random: &mut StdRng) -> Self {
        [Self::Approve, Self::Reject, Self::Cancel, Self::Restore, Self::Tag, Self::Resend]
            [random.random_range(0..6_usize)]
    }
}

impl Pick {
    fn any(random: &mut StdRng) -> Self {
        Self { number: random.random(), anybody: random.random_bool(0.15) }
    }
}

impl Step {
    /// A walk of so many steps.
    pub(super) fn walk(random: &mut StdRng, steps: usize) -> Vec<Self> {
        let step = |random: &mut StdRng| {
            let deed = Deed::any(random);
            let day = random.random_bool(0.01);
            Self { deed, minutes: if day { 24 * 60 } else { random.random_range(0..12) } }
        };
        (0..steps).map(|_| step(random)).collect()
    }
}
