//! Small counts on the public side: where so few people live that a figure would tell of persons, no figure is told.

use crate::model::rules;
use serde_json::Value;

/// Members of a row that count nobody.
const NO_COUNTS: [&str; 6] = ["id", "year", "area", "kind", "code", "fewer_than"];

/// An answer without small counts: of a row in which fewer people live than the rule's least, every number is left out. If that is one
/// row of a table only, the next smallest goes too, or it could be had by subtraction from the total.
pub fn masked(mut answer: Value) -> Value {
    walk(&mut answer, f64::from(rules().limits.max_public_count));
    answer
}

fn people(row: &Value) -> Option<f64> {
    row.get("people")?.as_f64()
}

fn walk(value: &mut Value, least: f64) {
    match value {
        Value::Array(rows) => {
            let small = |p: f64| p > 0.0 && p < least;
            let mut hidden: Vec<usize> = (0..rows.len()).filter(|i| people(&rows[*i]).is_some_and(small)).collect();
            if let [only] = hidden[..] {
                // the total, of id 0, is no row of its own
                let is_part = |i: &usize| *i != only && rows[*i].get("id").is_none_or(|id| *id != 0);
                let next = (0..rows.len()).filter(is_part).filter_map(|i| Some((i, people(&rows[i])?)));
                hidden.extend(next.filter(|(_, p)| *p >= least).min_by(|a, b| a.1.total_cmp(&b.1)).map(|(i, _)| i));
            }
            for i in hidden {
                hide(&mut rows[i]);
                rows[i]["fewer_than"] = least.into();
            }
            rows.iter_mut().for_each(|r| walk(r, least));
        }
        Value::Object(members) => members.values_mut().for_each(|v| walk(v, least)),
        _ => {}
    }
}

/// Every number of a row becomes nothing.
fn hide(value: &mut Value) {
    match value {
        Value::Number(_) => *value = Value::Null,
        Value::Array(list) => list.iter_mut().for_each(hide),
        Value::Object(members) => {
            members.iter_mut().filter(|(name, _)| !NO_COUNTS.contains(&name.as_str())).for_each(|(_, v)| hide(v));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_few_people_are_not_told_and_cannot_be_subtracted() {
        let row = |id: i64, people: f64| json!({ "id": id, "name": "x", "people": people, "kinds": [{ "kind": "salon", "reached": people / 2.0 }] });
        let answer = masked(json!({ "rows": [row(1, 3.0), row(2, 800.0), row(3, 90.0)], "total": row(0, 893.0) }));
        assert!(answer["rows"][0]["people"].is_null() && answer["rows"][0]["kinds"][0]["reached"].is_null());
        assert_eq!((answer["rows"][0]["id"].as_i64(), answer["rows"][0]["fewer_than"].as_f64()), (Some(1), Some(5.0)));
        assert!(answer["rows"][2]["people"].is_null(), "the next smallest, or the first is 893 − 800 − 90");
        assert_eq!((answer["rows"][1]["people"].as_f64(), answer["total"]["people"].as_f64()), (Some(800.0), Some(893.0)));
        // two of them hide each other
        let two = masked(json!({ "rows": [row(1, 3.0), row(2, 2.0), row(3, 90.0)] }));
        assert_eq!(two["rows"][2]["people"].as_f64(), Some(90.0));
        let none = json!({ "rows": [row(1, 0.0), row(2, 5.0)] });
        assert_eq!(masked(none.clone()), none);
    }
}
