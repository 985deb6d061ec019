//! Who walks, as a question names them.

use super::question::unknown;
use super::{QuestionError, RawQuestion};
use crate::model::{Effort, WalkerRule, rules};
use crate::travel::Walker;

/// A walker with what walking costs them.
pub(super) struct Gait {
    /// How fast.
    pub walker: Walker,
    /// The walker named, or of that speed; nothing for a speed of the asker's own.
    pub who: Option<&'static WalkerRule>,
    /// What a walk costs beyond its length.
    pub effort: Effort,
    /// Longest walk without a rest.
    pub longest_metres: Option<f64>,
}

impl Gait {
    /// From a question: the walker named; else the one of that speed; else the usual one, at the speed asked for.
    ///
    /// # Errors
    /// On an unknown walker or a speed out of range.
    pub fn new(raw: &RawQuestion) -> Result<Self, QuestionError> {
        let r = rules();
        let named = match raw.walker.as_deref().filter(|w| !w.is_empty()) {
            None => None,
            Some(id) => {
                let known = || r.walker.iter().map(|w| w.id.as_str()).collect::<Vec<_>>().join(", ");
                Some(r.walker_named(id).ok_or_else(|| unknown("walker", id, &known()))?)
            }
        };
        let rule = named.or_else(|| r.walker_of_speed(raw.speed?)).or_else(|| r.usual_walker());
        let metres_per_minute = raw.speed.or(rule.map(|w| w.metres_per_minute)).unwrap_or_default();
        let limits = &r.limits;
        if !(limits.min_speed..=limits.max_speed).contains(&metres_per_minute) {
            return Err(QuestionError::new(
                "speed_out_of_range",
                format!("歩く速さは{}～{}m/分で指定してください。/ Speed is out of range.", limits.min_speed, limits.max_speed),
            ));
        }
        Ok(Self {
            walker: Walker { metres_per_minute },
            who: rule.filter(|w| w.metres_per_minute == metres_per_minute),
            effort: rule.map_or(Effort::LENGTH, |w| w.effort),
            longest_metres: rule.and_then(|w| w.longest_metres),
        })
    }
}
