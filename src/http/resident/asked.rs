//! What stands in the address of a residents' page.

use super::{Problem, unreadable};
use crate::app::{App, now_in_japan};
use crate::atlas::Atlas;
use crate::measure::Wish;
use crate::model::{Day, LonLat, policy};
use crate::present::resident::{Choice, Here, Look, resident};
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::Deserialize;
use std::convert::Infallible;
use std::sync::Arc;

/// What is asked for. Everything is a text and may be missing: an address that was cut short still leads somewhere.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub at: String,
    pub area: String,
    pub want: String,
    pub day: String,
    pub view: String,
    pub n: String,
    /// An address was only known as coarsely as this.
    pub level: String,
    pub thanks: String,
    #[serde(flatten)]
    pub look: Look,
}

impl FromRequestParts<Arc<App>> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let query = Query::<Self>::from_request_parts(parts, app).await;
        Ok(query.map(|q| q.0).unwrap_or_default())
    }
}

impl Asked {
    /// The home: rounded once more, so that no page works with more than it says.
    pub fn home(&self) -> Result<Option<LonLat>, Problem> {
        if self.at.is_empty() {
            return Ok(None);
        }
        let p = LonLat::parse(&self.at).filter(|p| p.in_japan()).ok_or_else(|| unreadable(&self.look))?;
        Ok(Some(rounded(p)))
    }

    pub fn day(&self) -> Result<Option<Day>, Problem> {
        if self.day.is_empty() {
            return Ok(None);
        }
        Day::parse(&self.day).map(Some).ok_or_else(|| unreadable(&self.look))
    }

    pub fn choice(&self) -> Option<&'static Choice> {
        resident().choice.iter().find(|c| c.code == self.want)
    }

    pub fn shown(&self) -> usize {
        self.n.parse().unwrap_or(resident().shown).clamp(1, policy().limits.most_listed)
    }

    /// Where a reader is looking from, and for what.
    pub fn here<'a>(&self, atlas: &'a Atlas) -> Result<Here<'a>, Problem> {
        let area = match self.area.parse::<i64>() {
            Ok(id) => {
                let (index, at) = atlas.area(id).ok_or_else(|| super::missing(&self.look))?;
                Some((id, index.areas[at as usize].name.as_str()))
            }
            Err(_) if self.area.is_empty() => None,
            Err(_) => return Err(unreadable(&self.look)),
        };
        Ok(Here { at: self.home()?, area, want: self.choice(), day: self.day()? })
    }

    /// What is asked of the picture.
    pub fn wish(&self) -> Result<Wish, Problem> {
        let kinds = self.choice().or(resident().choice.first()).map(Choice::kinds).unwrap_or_default();
        Ok(Wish { kinds, minutes: resident().minutes, on: self.day()?, now: now_in_japan(), shown: self.shown() })
    }
}

/// To the grid of `data/resident.toml`.
pub fn rounded(p: LonLat) -> LonLat {
    let grid = resident().grid;
    let to = |v: f64| (v / grid).round() * grid;
    LonLat::new(to(p.lon), to(p.lat))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_told_to_about_fifty_metres_only() {
        let p = rounded(LonLat::new(130.683_41, 32.817_88));
        assert!((p.lon - 130.6835).abs() < 1e-9 && (p.lat - 32.818).abs() < 1e-9, "{p:?}");
        let exact = Asked { at: "130.68341,32.81788".into(), ..Asked::default() };
        let at = exact.home().unwrap().unwrap();
        assert_eq!(Here { at: Some(at), ..Here::default() }.href(&Look::default(), "/list", &[]), "/list?at=130.6835,32.8180");
        assert!(Asked { at: "-6.2,53.3".into(), ..Asked::default() }.home().is_err());
    }
}
