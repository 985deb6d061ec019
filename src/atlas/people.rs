//! Population tables by dataset, secret cells shared out with the cell their people were added to.

use crate::model::{AgeGroup, Cell};
use std::collections::HashMap;

/// One population dataset.
#[derive(Debug)]
pub struct PopulationSet {
    /// Register id of the dataset.
    pub dataset_id: i64,
    /// Title.
    pub title: String,
    /// Cells, in register order.
    pub cells: Vec<Cell>,
    /// Years, ascending.
    pub years: Vec<u16>,
    /// Groups known in at least one cell.
    pub groups: Vec<AgeGroup>,
}

/// The people of every cell for one year and group.
#[derive(Debug)]
pub struct People {
    /// By cell; zero where nobody lives or nothing is known.
    pub of_cell: Vec<f64>,
    /// Cells whose figure is secret and was shared out of their destination's.
    pub shared_out: usize,
    /// Cells with a population but no figure for this group.
    pub unknown: usize,
}

impl PopulationSet {
    /// From the cells of one dataset.
    pub fn new(dataset_id: i64, title: String, cells: Vec<Cell>) -> Self {
        let mut years: Vec<u16> = cells.iter().flat_map(|c| c.population.iter().map(|p| p.year)).collect();
        years.sort_unstable();
        years.dedup();
        let knows = |g: AgeGroup| cells.iter().any(|c| c.population.iter().any(|p| p.of(g).is_some()));
        let groups = [AgeGroup::Total, AgeGroup::Aged65, AgeGroup::Aged75].into_iter().filter(|g| knows(*g)).collect();
        Self { dataset_id, title, cells, years, groups }
    }

    /// The year nearest to, and if possible not after, a wished one.
    pub fn nearest_year(&self, wished: u16) -> Option<u16> {
        self.years.iter().rev().find(|y| **y <= wished).or(self.years.first()).copied()
    }

    /// Finer and richer sets come first when a question names none.
    pub fn preference(&self) -> (usize, bool, usize) {
        let meshed = self.cells.first().is_some_and(|c| c.bounds.is_some());
        let digits = self.cells.first().map_or(0, |c| c.code.len());
        (self.groups.len(), meshed, if meshed { digits } else { 0 })
    }

    /// The people of every cell. A secret cell's people were added to its destination by the statistics office; the
    /// sum is shared out again over destination and sources in proportion to their total population.
    pub fn people(&self, year: u16, group: AgeGroup) -> People {
        let figure = |c: &Cell, g: AgeGroup| c.population.iter().find(|p| p.year == year).and_then(|p| p.of(g));
        let mut of_cell: Vec<f64> = self.cells.iter().map(|c| figure(c, group).unwrap_or(0.0).max(0.0)).collect();
        let mut families: HashMap<&str, Vec<usize>> = HashMap::new();
        for (i, c) in self.cells.iter().enumerate() {
            if let Some(destination) = &c.merged_into {
                families.entry(destination).or_default().push(i);
            }
        }
        let mut shared_out = 0;
        for members in families.values() {
            let secret = members.iter().filter(|&&i| figure(&self.cells[i], group).is_none()).count();
            let weight = |i: usize| figure(&self.cells[i], AgeGroup::Total).unwrap_or(0.0);
            let whole: f64 = members.iter().map(|&i| weight(i)).sum();
            if secret == 0 || secret == members.len() || whole <= 0.0 {
                continue;
            }
            let sum: f64 = members.iter().map(|&i| of_cell[i]).sum();
            members.iter().for_each(|&i| of_cell[i] = sum * weight(i) / whole);
            shared_out += secret;
        }
        let lived_in = |c: &Cell| figure(c, AgeGroup::Total).unwrap_or(0.0) > 0.0;
        let unknown = self.cells.iter().filter(|c| figure(c, group).is_none() && c.merged_into.is_none() && lived_in(c)).count();
        People { of_cell, shared_out, unknown }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Population;

    fn cell(code: &str, total: f64, aged75: Option<f64>, merged: Option<&str>) -> Cell {
        let population = vec![Population { year: 2020, total: Some(total), aged65: None, aged75 }];
        Cell {
            id: 0,
            code: code.into(),
            name: None,
            bounds: None,
            centroid: None,
            population,
            merged_into: merged.map(Into::into),
        }
    }

    #[test]
    fn secret_cells_share_and_the_total_is_kept() {
        let set = PopulationSet::new(
            1,
            "t".into(),
            vec![cell("a", 90.0, Some(20.0), Some("a")), cell("b", 10.0, None, Some("a")), cell("c", 50.0, Some(7.0), None)],
        );
        let people = set.people(2020, AgeGroup::Aged75);
        assert_eq!(people.of_cell, vec![18.0, 2.0, 7.0]);
        assert_eq!((people.shared_out, people.unknown), (1, 0));
        assert_eq!(set.groups, vec![AgeGroup::Total, AgeGroup::Aged75]);
        assert_eq!((set.nearest_year(2026), set.nearest_year(1990)), (Some(2020), Some(2020)));
    }
}
