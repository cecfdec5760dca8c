//! Counts for who watches the server: requests by route and status, and how long they took. No names, no ids.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::call::{Answer, Content, Knock};
use super::problem::Problem;
use super::route::ROUTES;

/// Bounds of the buckets of times, in milliseconds.
const BOUNDS_MS: [u64; 8] = [1, 5, 20, 50, 200, 1000, 5000, 20_000];
/// Statuses are counted by their hundreds.
const CLASSES: usize = 5;

/// What was counted of one route.
#[derive(Default)]
struct Counts {
    by_class: [AtomicU64; CLASSES],
    /// Requests that took no longer than each bound.
    within: [AtomicU64; BOUNDS_MS.len()],
    micros: AtomicU64,
}

/// What was counted since the server began.
pub struct Metrics(Vec<Counts>);

impl Default for Metrics {
    fn default() -> Self {
        Self(ROUTES.iter().map(|_| Counts::default()).collect())
    }
}

impl Metrics {
    /// Counts an answer of the row `index` of the routes.
    pub fn count(&self, index: usize, status: u16, took: Duration) {
        let Some(counts) = self.0.get(index) else {
            return;
        };
        let class = usize::from(status / 100).saturating_sub(1);
        if let Some(count) = counts.by_class.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        counts.micros.fetch_add(micros, Ordering::Relaxed);
        for (bound, count) in BOUNDS_MS.iter().zip(&counts.within) {
            if micros <= bound * 1000 {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// The text that Prometheus reads; routes that nobody asked for are left out.
    fn text(&self) -> String {
        let mut text = String::from(
            "# HELP scv_http_requests_total Requests that were answered.\n\
            # TYPE scv_http_requests_total counter\n",
        );
        for (route, counts) in ROUTES.iter().zip(&self.0) {
            for (class, count) in (1..).zip(&counts.by_class) {
                let count = count.load(Ordering::Relaxed);
                let (method, path) = (route.method.name(), route.path);
                if 0 < count {
                    // Writing to a string cannot go wrong.
                    let _ = writeln!(
                        text,
                        "scv_http_requests_total{{method=\"{method}\",path=\"{path}\",status=\"{class}xx\"}} {count}"
                    );
                }
            }
        }
        text.push_str(
            "# HELP scv_http_request_seconds How long answers took.\n\
            # TYPE scv_http_request_seconds histogram\n",
        );
        for (route, counts) in ROUTES.iter().zip(&self.0) {
            let all = counts
                .by_class
                .iter()
                .map(|count| count.load(Ordering::Relaxed));
            let all: u64 = all.sum();
            if 0 < all {
                let labels = format!("method=\"{}\",path=\"{}\"", route.method.name(), route.path);
                counts.write(&mut text, &labels, all);
            }
        }
        text
    }
}

impl Counts {
    fn write(&self, text: &mut String, labels: &str, all: u64) {
        const NAME: &str = "scv_http_request_seconds";
        for (bound, count) in BOUNDS_MS.iter().zip(&self.within) {
            let (bound, count) = (*bound as f64 / 1000.0, count.load(Ordering::Relaxed));
            let _ = writeln!(text, "{NAME}_bucket{{{labels},le=\"{bound}\"}} {count}");
        }
        let sum = self.micros.load(Ordering::Relaxed) as f64 / 1_000_000.0;
        let _ = writeln!(text, "{NAME}_bucket{{{labels},le=\"+Inf\"}} {all}");
        let _ = writeln!(
            text,
            "{NAME}_sum{{{labels}}} {sum}\n{NAME}_count{{{labels}}} {all}"
        );
    }
}

/// `GET metrics`.
pub async fn metrics(knock: Knock) -> Result<Answer, Problem> {
    let sockets = knock.site.notices.open_sockets();
    let text = format!(
        "{}# HELP scv_sockets Channels of notifications that are connected.\n\
        # TYPE scv_sockets gauge\nscv_sockets {sockets}\n",
        knock.site.metrics.text()
    );
    Ok(Answer {
        status: 200,
        content: Content::Plain(text),
        headers: Vec::new(),
    })
}
