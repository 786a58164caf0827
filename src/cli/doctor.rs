//! `turnout doctor`

use crate::app;
use crate::audit::{self, Head, Proof};
use crate::checkins::find_mistallies;
use crate::config::Settings;
use crate::mail::{Address, MessageState, Pause, Transport, outbox};
use crate::registrations::find_miscounts;
use crate::store::{Kind, Location, Store};

/// Checks settings and data; fails if anything is wrong.
pub(super) fn doctor(settings: &Settings) -> anyhow::Result<()> {
    crate::telemetry::start_logging(&settings.log)?;
    let data_dir = settings.make_data_dir()?;
    println!("data folder  ok       {}", data_dir.display());
    crate::keys::Keys::derive(&crate::config::secret_key(data_dir)?)?;
    println!("secret       ok");
    let location = Location::parse(settings.database.url.as_deref(), data_dir)?;
    let store = Store::open(location)?;
    let kind = match store.location().kind() {
        Kind::Sqlite => "SQLite",
        Kind::Postgres => "PostgreSQL",
    };
    println!("database     ok       {kind}, up to date");
    let mut wrong = 0;
    wrong += seats(&store)?;
    wrong += check_ins(&store)?;
    wrong += audit_trail(&store)?;
    wrong += mail(settings)?;
    outbox_states(&store)?;
    store.close();
    anyhow::ensure!(wrong == 0, "{wrong} of these are wrong");
    println!("all is well");
    Ok(())
}

fn seats(store: &Store) -> anyhow::Result<usize> {
    let miscounts = store.read_here(find_miscounts)?;
    for found in &miscounts {
        let capacity = found.capacity.map_or("no limit".to_owned(), |capacity| capacity.to_string());
        println!(
            "seats        WRONG    event {}: {} taken, {} confirmed registrations, capacity {capacity}",
            found.event, found.taken, found.registrations
        );
        if found.held != found.reserved {
            println!(
                "seats        WRONG    event {}: {} held, {} reserved for access codes and not used",
                found.event, found.held, found.reserved
            );
        }
    }
    if miscounts.is_empty() {
        println!("seats        ok       taken equals the confirmed registrations, and is within the capacity");
    }
    Ok(miscounts.len())
}

fn check_ins(store: &Store) -> anyhow::Result<usize> {
    let mistallies = store.read_here(find_mistallies)?;
    for found in &mistallies {
        println!("check-ins    WRONG    list {}: says {:?}, its rows say {:?}", found.list, found.says, found.counted);
    }
    if mistallies.is_empty() {
        println!("check-ins    ok       the numbers and conflicts of every list are what its rows say");
    }
    Ok(mistallies.len())
}

fn audit_trail(store: &Store) -> anyhow::Result<usize> {
    let proofs = store.read_here(audit::verify)?;
    for Proof { head, broken_at } in &proofs {
        let Head { organization, number, hash } = head;
        match broken_at {
            Some(at) => println!("audit        WRONG    trail {organization}: seal {at} does not fit its rows"),
            None if *number == 0 => println!("audit        ok       trail {organization}: not sealed yet"),
            None => println!("audit        ok       trail {organization}: {number} seals, the last is {hash}"),
        }
    }
    if proofs.is_empty() {
        println!("audit        ok       there is no trail yet");
    }
    Ok(proofs.iter().filter(|proof| proof.broken_at.is_some()).count())
}

fn mail(settings: &Settings) -> anyhow::Result<usize> {
    let destination = settings.mail.destination(settings.data_dir());
    settings.mail.from()?;
    let address = Address::parse(destination.reveal(), settings.mail.timeout())?;
    let checked = actix_web::rt::System::new().block_on(async {
        Transport::open(&address, 1)?.check().await?;
        anyhow::Ok(())
    });
    if let Err(error) = &checked {
        println!("mail         WRONG    {address}: {error:#}");
    } else {
        println!("mail         ok       {address}");
    }
    Ok(usize::from(checked.is_err()) + signature(settings))
}

/// Whether letters can be signed, and what has to be in the DNS for it.
fn signature(settings: &Settings) -> usize {
    match app::dkim(settings) {
        Ok(None) => println!("dkim         ok       letters are not signed (--dkim-key)"),
        Ok(Some(dkim)) => {
            let sender = settings.mail.from().map(|from| from.email.domain().to_lowercase()).unwrap_or_default();
            let domain = dkim.domain.to_lowercase();
            if sender == domain || sender.ends_with(&format!(".{domain}")) {
                println!("dkim         ok       letters are signed for {domain}; publish this in the DNS:");
            } else {
                // Whoever checks for alignment (RFC 7489 §3.1.1) finds none.
                println!("dkim         look at  letters of {sender} are signed for {domain}; publish this in the DNS:");
            }
            println!("                      {}", dkim.zone_line());
        }
        Err(error) => {
            println!("dkim         WRONG    {error:#}");
            return 1;
        }
    }
    0
}

fn outbox_states(store: &Store) -> anyhow::Result<()> {
    let counts = store.read_here(outbox::count_by_state)?;
    let words: Vec<String> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
    let attention = counts.iter().any(|(state, _)| matches!(state, MessageState::Failed | MessageState::Unknown));
    let verdict = if attention { "look at" } else { "ok     " };
    let words = if words.is_empty() { "empty".to_owned() } else { words.join(", ") };
    println!("outbox       {verdict}  {words}");
    if let Some(pause) = store.read_here(Pause::current)? {
        println!("outbox       look at  paused since {}, as the mail server said: {}", pause.since, pause.reply);
    }
    Ok(())
}
