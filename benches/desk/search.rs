//! The latency of searches, class by class.

use std::time::Instant;

use scv_desk::backend::Backend;
use scv_desk::backend::local::LocalBackend;

use crate::organization::{Dice, email_of, name, phone_of};
use crate::said;

/// Measures every class on a store of so many contacts.
pub async fn measure(backend: &LocalBackend, contacts: u64) {
    let began = Instant::now();
    backend.search("j".to_owned(), 20, 0).await.unwrap();
    println!(
        "first search                                 {:>10.1} ms",
        began.elapsed().as_secs_f64() * 1e3
    );
    let mut dice = Dice(99);
    let person = |dice: &mut Dice| dice.below(contacts);
    let mut classes: Vec<(&str, Vec<String>)> = Vec::new();
    let names: Vec<(String, String)> = (0..60).map(|_| name(&mut dice)).collect();
    let cut = |text: &str, letters: usize| {
        text.chars()
            .take(letters)
            .collect::<String>()
            .to_lowercase()
    };
    for letters in 1..=6 {
        let label = [
            "1 letter",
            "2 letters",
            "3 letters",
            "4 letters",
            "5 letters",
            "6 letters",
        ][letters - 1];
        classes.push((
            label,
            names.iter().map(|(_, last)| cut(last, letters)).collect(),
        ));
    }
    classes.push(("rare word", (0..60).map(|n| format!("zyx{n}")).collect()));
    classes.push((
        "two words",
        names.iter().map(|(a, b)| format!("{a} {b}")).collect(),
    ));
    let short = names
        .iter()
        .map(|(a, b)| format!("{} {}", cut(a, 2), cut(b, 2)))
        .collect();
    classes.push(("two short words", short));
    classes.push((
        "phone digits",
        (0..60)
            .map(|_| phone_of(person(&mut dice))[4..10].to_owned())
            .collect(),
    ));
    for (label, digits) in [("last 4 digits", 4), ("last 7 digits", 7)] {
        let ends = (0..60).map(|_| {
            let phone = phone_of(person(&mut dice));
            phone[phone.len() - digits..].to_owned()
        });
        classes.push((label, ends.collect()));
    }
    let mails = (0..60)
        .map(|_| email_of(person(&mut dice)).chars().take(9).collect())
        .collect();
    classes.push(("part of an e-mail", mails));
    let typo = |word: &str| {
        let mut letters: Vec<char> = word.to_lowercase().chars().collect();
        let at = letters.len() / 2;
        letters.swap(at, at - 1);
        letters.into_iter().collect::<String>()
    };
    classes.push(("typo", names.iter().map(|(_, last)| typo(last)).collect()));
    for (label, queries) in classes {
        let mut times = Vec::new();
        for query in queries {
            let began = Instant::now();
            backend.search(query, 20, 0).await.unwrap();
            times.push(began.elapsed());
        }
        said(&format!("search: {label}"), &mut times);
    }
}
