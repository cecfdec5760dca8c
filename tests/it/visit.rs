//! Visits to a demo: how long they last, and the door that lets visitors in.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use scv_desk::demo::door::Door;
use scv_desk::demo::limits::{Left, Limit, Limits};

const LIMITS: Limits = Limits {
    idle: Duration::from_secs(600),
    total: Duration::from_secs(1_800),
};

fn left(spent: u64, touched: u64) -> Left {
    LIMITS.left(Duration::from_secs(spent), Duration::from_secs(touched))
}

#[test]
fn a_visit_is_told_of_its_end_one_minute_before() {
    assert_eq!(left(0, 0), Left::Enough(Duration::from_secs(540)));
    assert_eq!(left(539, 0), Left::Enough(Duration::from_secs(1)));
    assert_eq!(left(540, 0), Left::Seconds(60, Limit::Idle));
    assert_eq!(left(599, 0), Left::Seconds(1, Limit::Idle));
    assert_eq!(left(600, 0), Left::Nothing(Limit::Idle));
    assert_eq!(left(599, 599), Left::Enough(Duration::from_secs(540)));
}

#[test]
fn no_key_makes_a_visit_longer_than_it_may_last() {
    assert_eq!(left(1_739, 1_739), Left::Enough(Duration::from_secs(1)));
    assert_eq!(left(1_740, 1_740), Left::Seconds(60, Limit::Total));
    assert_eq!(left(1_800, 1_799), Left::Nothing(Limit::Total));
    assert_eq!(left(1_800, 1_200), Left::Nothing(Limit::Total));
}

#[test]
fn a_part_of_a_second_counts_as_one() {
    let spent = Duration::from_millis(599_300);
    assert_eq!(
        LIMITS.left(spent, Duration::ZERO),
        Left::Seconds(1, Limit::Idle)
    );
}

/// What the door says to one more visitor, and the line to it.
async fn knock(door: &Path) -> (UnixStream, String) {
    let door = door.to_owned();
    tokio::task::spawn_blocking(move || {
        let mut line = UnixStream::connect(door).unwrap();
        line.set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let mut said = Vec::new();
        let mut byte = [0];
        while line.read(&mut byte).unwrap() == 1 && byte[0] != b'\n' {
            said.push(byte[0]);
        }
        (line, String::from_utf8(said).unwrap())
    })
    .await
    .unwrap()
}

/// Waits until something is so, and fails in the words of what is not.
async fn becomes(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..6_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what}");
}

#[tokio::test]
async fn the_door_lets_so_many_in_each_into_an_own_room_which_goes_with_its_visitor() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("door");
    let door = Door::open(&path, dir.path().into(), 2).unwrap();
    let (first, one) = knock(&path).await;
    let (_second, other) = knock(&path).await;
    assert!(Path::new(&one).is_dir() && Path::new(&other).is_dir());
    assert_ne!(one, other);
    assert_eq!(door.visitors(), 2);
    let (_, third) = knock(&path).await;
    assert_eq!(third, "full 2");

    std::fs::write(Path::new(&one).join("left"), "behind").unwrap();
    drop(first);
    becomes("the room stays", || !Path::new(&one).exists()).await;
    becomes("the seat stays taken", || door.visitors() == 1).await;
    let (_fourth, again) = knock(&path).await;
    assert!(Path::new(&again).is_dir());
}

#[tokio::test]
async fn a_door_that_closes_ends_every_visit_and_waits_for_those_who_leave() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("door");
    let door = Door::open(&path, dir.path().into(), 3).unwrap();
    let (mut line, room) = knock(&path).await;
    let room = PathBuf::from(room);
    let leaving = std::thread::spawn(move || {
        // The end of what the door says is the end of the visit, whatever is said to it.
        line.write_all(b"let me stay").unwrap();
        assert_eq!(line.read(&mut [0]).unwrap(), 0);
    });
    door.close().await;
    leaving.join().unwrap();
    assert!(!room.exists());
    assert!(UnixStream::connect(&path).is_err());
}
