//! `turnout serve`

use tokio::signal::unix::{SignalKind, signal};

use super::assemble;
use crate::app::{App, listen};
use crate::config::Settings;
use crate::telemetry::start_logging;

/// Runs until SIGTERM or SIGINT.
pub(super) fn serve(settings: &Settings) -> anyhow::Result<()> {
    start_logging(&settings.log)?;
    // The port first: whoever finds it taken has changed nothing.
    let listener = listen(settings.http.bind)?;
    let app = assemble(settings)?;
    tracing::info!(address = %settings.http.bind, "serving");
    run(app, listener)
}

/// Answers on a socket and does the chores, until SIGTERM or SIGINT; then takes no new work, answers what it has,
/// commits, and gives back the mail that it has not sent.
pub(super) fn run(app: App, listener: std::net::TcpListener) -> anyhow::Result<()> {
    actix_web::rt::System::new().block_on(async move {
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let server = app.serve(listener, threads)?;
        let handle = server.handle();
        app.postman.take_up().await?;
        let chores = app.worker().start();
        let serving = actix_web::rt::spawn(server);
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: answering what has begun");
        app.api.feeds.close();
        handle.stop(true).await;
        serving.await??;
        chores.stop().await;
        let store = app.store.clone();
        actix_web::web::block(move || store.close()).await?;
        tracing::info!("stopped");
        Ok(())
    })
}
