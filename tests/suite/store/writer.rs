//! Writes that are committed together, and fail alone.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use diesel::connection::SimpleConnection;
use futures_util::FutureExt;
use turnout::audit::Actor;
use turnout::clock::Timestamp;
use turnout::error::{Error, Result};
use turnout::organizations::{self, Organization};
use turnout::store::{Db, Kind, Store, sure_from_here, undone_on_failure};
use uuid::Uuid;

use super::{location, open};
use crate::support::on_both_databases;

fn found(db: &mut Db, slug: &str) -> Result<Organization> {
    let now = Timestamp::from_micros(0);
    organizations::found(db, &Actor::COMMAND_LINE, slug.parse().unwrap(), Some(slug.parse().unwrap()), now)
}

fn exists(store: &Store, slug: &str) -> bool {
    store.read_here(|db| Organization::find_by_slug(db, slug)).is_ok()
}

fn wait<T>(write: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(write)
}

/// Keeps the writer busy until what is returned is dropped, so that others queue up behind.
fn hold<'scope>(scope: &'scope std::thread::Scope<'scope, '_>, store: &'scope Store) -> Sender<()> {
    let (release, wait) = channel::<()>();
    let (started, start) = channel();
    scope.spawn(move || {
        store.write_here(Uuid::nil(), move |_| {
            started.send(()).unwrap();
            let _ = wait.recv();
            Ok(())
        })
    });
    start.recv().unwrap();
    release
}

on_both_databases! {
    fn a_write_that_fails_or_panics_takes_nobody_with_it(database: Database) {
        let store = &open(&database);
        std::thread::scope(|scope| {
            let hold = hold(scope, store);
            let write = |work: fn(&mut Db) -> Result<Organization>| scope.spawn(move || store.write_here(Uuid::nil(), work));
            let good = write(|db| found(db, "good"));
            let refused = write(|db| found(db, "refused").and(Err(Error::Forbidden)));
            let broken = write(|db| {
                found(db, "broken")?;
                db.batch_execute("SELECT * FROM no_such_table").map_err(Error::from)?;
                found(db, "never")
            });
            let panicked = write(|db| {
                found(db, "panicked")?;
                diesel::Connection::transaction(db, |db| {
                    found(db, "deeper")?;
                    panic!("as a test wants it")
                })
            });
            let better = write(|db| found(db, "better"));
            while store.queue_length() < 6 {
                std::thread::yield_now();
            }
            drop(hold);
            good.join().unwrap().unwrap();
            better.join().unwrap().unwrap();
            assert!(matches!(refused.join().unwrap(), Err(Error::Forbidden)));
            assert!(matches!(broken.join().unwrap(), Err(Error::Internal(_))));
            assert!(matches!(panicked.join().unwrap(), Err(Error::Internal(_))));
        });
        let slugs = ["good", "refused", "broken", "never", "panicked", "deeper", "better"];
        assert_eq!(slugs.map(|slug| exists(store, slug)), [true, false, false, false, false, false, true]);
        assert_eq!((store.batch_sizes().get_sample_count(), store.batch_sizes().get_sample_sum()), (1, 6.0));
        store.write_here(Uuid::nil(), |db| found(db, "afterwards")).unwrap();
        assert!(exists(store, "afterwards"));
        store.close();
    }

    fn a_commit_is_shared_by_so_many_at_most_that_others_are_not_kept_waiting(database: Database) {
        let store = &open(&database);
        std::thread::scope(|scope| {
            let hold = hold(scope, store);
            for _ in 0..100 {
                scope.spawn(move || store.write_here(Uuid::nil(), |_| Ok(())).unwrap());
            }
            while store.queue_length() < 101 {
                std::thread::yield_now();
            }
            drop(hold);
        });
        // PostgreSQL waits for its disk at each commit: there all of them share one.
        let commits = match location(&database).kind() {
            Kind::Sqlite => 5,
            Kind::Postgres => 1,
        };
        assert_eq!((store.batch_sizes().get_sample_count(), store.batch_sizes().get_sample_sum()), (commits, 101.0));
        store.close();
    }

    fn a_write_that_fails_where_it_was_sure_keeps_what_shares_its_commit_from_being_kept(database: Database) {
        let store = &open(&database);
        for how in ["refused", "broken", "panicked"] {
            let before = store.batch_sizes().get_sample_count();
            std::thread::scope(|scope| {
                let hold = hold(scope, store);
                let queued = |number: usize| while store.queue_length() < number {
                    std::thread::yield_now();
                };
                let name = |slug: &str| format!("{slug}-{how}");
                let good = name("good");
                let good = scope.spawn(move || store.write_here(Uuid::nil(), move |db| found(db, &good)));
                queued(2);
                let slug = name("unsure");
                let sure = scope.spawn(move || wait(store.write_until_sure(Uuid::nil(), move |db| {
                    // What is undone by itself whatever comes has to stay so.
                    undone_on_failure(db, |db| {
                        sure_from_here(db)?;
                        found(db, "never")?;
                        Err::<(), _>(Error::Forbidden)
                    }).unwrap_err();
                    sure_from_here(db)?;
                    found(db, &slug)?;
                    match how {
                        "refused" => Err(Error::Forbidden),
                        "broken" => Ok(db.batch_execute("SELECT * FROM no_such_table")?),
                        _ => panic!("as a test wants it"),
                    }
                })));
                queued(3);
                let slug = name("later");
                let later = scope.spawn(move || store.write_here(Uuid::nil(), move |db| found(db, &slug)));
                queued(4);
                drop(hold);
                let failed = sure.join().unwrap();
                assert!(matches!((how, failed), ("refused", Err(Error::Forbidden)) | (_, Err(Error::Internal(_)))));
                assert!(matches!(good.join().unwrap(), Err(Error::Busy)));
                later.join().unwrap().unwrap();
            });
            let kept = ["good", "unsure", "later"].map(|slug| exists(store, &format!("{slug}-{how}")));
            assert_eq!((kept, exists(store, "never")), ([false, false, true], false));
            assert_eq!(store.batch_sizes().get_sample_count() - before, 2);
        }
        store.close();
    }

    fn a_write_that_never_says_that_it_is_sure_fails_alone(database: Database) {
        let store = &open(&database);
        let work = |slug: &'static str, fails: bool| move |db: &mut Db| {
            if !fails {
                sure_from_here(db)?;
            }
            found(db, slug).and_then(|_| if fails { Err(Error::Forbidden) } else { Ok(()) })
        };
        std::thread::scope(|scope| {
            let hold = hold(scope, store);
            let write = |slug, fails| scope.spawn(move || wait(store.write_until_sure(Uuid::nil(), work(slug, fails))));
            let writes = [write("one", false), write("refused", true), write("other", false)];
            while store.queue_length() < 4 {
                std::thread::yield_now();
            }
            drop(hold);
            assert_eq!(writes.map(|write| write.join().unwrap().is_ok()), [true, false, true]);
        });
        assert_eq!(["one", "refused", "other"].map(|slug| exists(store, slug)), [true, false, true]);
        // Not heard of who is written in any other way.
        assert!(store.write_here(Uuid::nil(), |db| {
            sure_from_here(db)?;
            found(db, "unarmed").and(Err::<(), _>(Error::Forbidden))
        }).is_err());
        assert!(!exists(store, "unarmed"));
        store.close();
    }

    fn a_write_that_runs_alone_keeps_its_place_and_fails_alone(database: Database) {
        let store = &open(&database);
        let order = Arc::new(Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            let hold = hold(scope, store);
            let queued = |number: usize| while store.queue_length() < number {
                std::thread::yield_now();
            };
            let mut writes = Vec::new();
            for (number, (slug, alone)) in
                [("first", false), ("refused", true), ("second", false), ("panicked", true), ("third", true), ("last", false)]
                    .into_iter()
                    .enumerate()
            {
                let order = order.clone();
                let work = move |db: &mut Db| {
                    order.lock().unwrap().push(slug);
                    found(db, slug)?;
                    match slug {
                        "refused" => diesel::Connection::transaction(db, |_| Err(Error::Forbidden)),
                        "panicked" => panic!("as a test wants it"),
                        _ => Ok(()),
                    }
                };
                // By whatever number of writers it is divided, it is the first of them, which is held.
                let key = Uuid::from_u128(5040);
                writes.push(scope.spawn(move || {
                    if alone { store.write_alone_here(key, work) } else { store.write_here(key, work) }
                }));
                queued(number + 2);
            }
            drop(hold);
            let done: Vec<_> = writes.into_iter().map(|write| write.join().unwrap()).collect();
            assert!(matches!(done[1], Err(Error::Forbidden)) && matches!(done[3], Err(Error::Internal(_))));
            assert!([0, 2, 4, 5].iter().all(|number| done[*number].is_ok()));
        });
        let slugs = ["first", "refused", "second", "panicked", "third", "last"];
        assert_eq!(*order.lock().unwrap(), slugs);
        assert_eq!(slugs.map(|slug| exists(store, slug)), [true, false, true, false, true, true]);
    }

    fn a_full_queue_says_at_once_that_it_is_busy(database: Database) {
        let store = open(&database);
        std::thread::scope(|scope| {
            let hold = hold(scope, &store);
            let mut queued = 0;
            let refused = loop {
                // Whoever asks and goes away without waiting leaves their write behind.
                match store.write(Uuid::nil(), |_| Ok(())).now_or_never() {
                    None => queued += 1,
                    Some(answer) => break answer,
                }
            };
            assert!(matches!(refused, Err(Error::Busy)));
            // The one that is at work waits for its commit as well.
            assert_eq!((queued, store.queue_length()), (2048, 2049));
            drop(hold);
        });
        while store.queue_length() > 0 {
            std::thread::yield_now();
        }
        store.write_here(Uuid::nil(), |db| found(db, "afterwards")).unwrap();
        assert!(exists(&store, "afterwards"));
        store.close();
    }

    fn what_waits_when_the_store_closes_is_kept(database: Database) {
        let store = open(&database);
        for number in 0..20 {
            let slug = format!("o{number}");
            // Put into the queue, and not waited for: the writer may or may not have come to it.
            let _ = store.write(Uuid::nil(), move |db| found(db, &slug)).now_or_never();
        }
        store.close();
        assert!(matches!(store.write_here(Uuid::nil(), |_| Ok(())), Err(Error::Busy)));
        assert!((0..20).all(|number| exists(&store, &format!("o{number}"))));
    }

    fn what_stands_in_no_queue_is_committed_before_what_waits_for_a_lock(database: Database) {
        let store = &open(&database);
        std::thread::scope(|scope| {
            let hold = hold(scope, store);
            let _ = store.write(Uuid::nil(), |db| found(db, "alone")).now_or_never();
            let (seen, (tell, told)) = (store.clone(), channel());
            // By whatever number of writers its key is divided, it is the first of them.
            let queued = store.write(Uuid::from_u128(5040), move |_| {
                tell.send(exists(&seen, "alone")).unwrap();
                Ok(())
            });
            let _ = queued.now_or_never();
            drop(hold);
            assert!(told.recv().unwrap(), "it would hold rows of any event while the other waits for the lock of one");
        });
        store.close();
    }

    fn a_read_sees_one_state_and_cannot_write(database: Database) {
        let store = open(&database);
        store.read_here(|db| {
            assert!(Organization::find_by_slug(db, "later").is_err());
            store.write_here(Uuid::nil(), |db| found(db, "later")).unwrap();
            assert!(Organization::find_by_slug(db, "later").is_err());
            Ok(())
        }).unwrap();
        assert!(exists(&store, "later"));
        let _ = store.read_here(|db| found(db, "smuggled"));
        assert!(!exists(&store, "smuggled"));
        store.close();
    }

    fn a_database_that_is_newer_than_the_program_is_left_alone(database: Database) {
        let store = open(&database);
        store.write_here(Uuid::nil(), |db| {
            let newer = "INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('29991231000001', CURRENT_TIMESTAMP)";
            Ok(db.batch_execute(newer)?)
        }).unwrap();
        store.close();
        let Err(refused) = Store::open(location(&database)) else { panic!("it was opened") };
        assert_eq!(refused.to_string(),
            "the database is newer than this program: it has migration 29991231000001, which this version of turnout \
             does not know; start the newer turnout, or restore the backup from before the upgrade");
    }
}
