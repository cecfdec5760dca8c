//! What another process writes comes to an open desk by itself.

use std::sync::Arc;
use std::time::Instant;

use scv_desk::backend::Backend;
use scv_desk::live::Topic;

use super::place::{Place, backend, call};
use super::window::PATIENCE;

/// The product's promise is a second; a busy machine gets the patience of every walk, and the time is told.
#[test]
#[allow(clippy::print_stderr)]
fn a_conversation_that_another_process_brings_in_appears() {
    let place = Place::new();
    let mut desk = place.desk("agent");
    place.ingest(&[call(1, "Una Blake", "+353851112223")]);
    let since = Instant::now();
    desk.shows("says Una Blake");
    eprintln!("the conversation appeared after {:?}", since.elapsed());
    // It announces itself, and takes nothing away from the one that is shown.
    desk.shows("• ");
    desk.shows("name     Theodore Meza");
    desk.stands_on("+1 415-261-6832");
    place.is_sound();
}

#[tokio::test]
async fn what_is_written_before_the_first_look_at_the_store_is_told_too() {
    let place = Place::new();
    let backend = Arc::new(backend(&place.store()));
    let watching = backend.watch_store().await;
    let mut topics = backend.watch();
    // The watch has no turn before this is done: the test has one thread.
    place.ingest(&[call(1, "Una Blake", "+353851112223")]);
    let told = tokio::time::timeout(PATIENCE, topics.recv()).await;
    assert_eq!(told.expect("a topic in time").unwrap(), Topic::Elsewhere);
    watching.abort();
}
