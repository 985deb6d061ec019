//! Two changes of one record brought together.

use super::Place;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A field two people changed differently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// Where: `phone`, `services/KEY/fee`.
    pub path: String,
    /// What it was before both.
    pub base: Value,
    /// What stands in the merged record.
    pub mine: Value,
    /// What the other side says.
    pub theirs: Value,
}

/// Brings two changes of one record together, field by field: what only one side changed is taken, what both changed alike is
/// taken, what they changed differently stays as `mine` has it and is told. Services are known by their keys, a position is one
/// field.
pub fn merge_places(base: &Place, mine: &Place, theirs: &Place) -> (Place, Vec<Conflict>) {
    let mut conflicts = Vec::new();
    let merged = merge(&document(base), &document(mine), &document(theirs), "", &mut conflicts);
    let place = from_document(merged).unwrap_or_else(|| mine.clone());
    (Place { id: mine.id, key: mine.key.clone(), ..place }, conflicts)
}

/// A place as an object whose parts merge by themselves.
fn document(place: &Place) -> Value {
    let mut whole = json!(place);
    if let Value::Object(fields) = &mut whole {
        let (point, level) = (fields.remove("point"), fields.remove("level"));
        // an array is one field
        fields.insert("position".into(), json!([point, level]));
        let services = place.services.iter().map(|s| {
            let mut service = json!(s);
            if let Value::Object(fields) = &mut service {
                fields.remove("id");
            }
            (s.key.clone(), service)
        });
        fields.insert("services".into(), Value::Object(services.collect()));
        let ids = place.services.iter().map(|s| (s.key.clone(), json!(s.id))).collect();
        fields.insert("ids".into(), Value::Object(ids));
    }
    whole
}

fn from_document(mut whole: Value) -> Option<Place> {
    let fields = whole.as_object_mut()?;
    let position = fields.remove("position")?;
    fields.insert("point".into(), position.get(0)?.clone());
    fields.insert("level".into(), position.get(1)?.clone());
    let ids = fields.remove("ids")?;
    let Value::Object(services) = fields.remove("services")? else { return None };
    let mut list: Vec<Value> = Vec::new();
    for (key, mut service) in services {
        let id = ids.get(&key).and_then(Value::as_i64).unwrap_or(0);
        service.as_object_mut()?.insert("id".into(), json!(id));
        list.push(service);
    }
    list.sort_by_key(|s| s["id"].as_i64());
    fields.insert("services".into(), Value::Array(list));
    serde_json::from_value(whole).ok()
}

fn merge(base: &Value, mine: &Value, theirs: &Value, path: &str, conflicts: &mut Vec<Conflict>) -> Value {
    if mine == theirs || theirs == base {
        return mine.clone();
    }
    if mine == base {
        return theirs.clone();
    }
    if path == "ids" {
        return all_ids(mine, theirs);
    }
    if let (Value::Object(m), Value::Object(t)) = (mine, theirs) {
        let nothing = Map::new();
        let b = base.as_object().unwrap_or(&nothing);
        let mut out = Map::new();
        let mut names: Vec<&String> = m.keys().chain(t.keys().filter(|k| !m.contains_key(*k))).collect();
        names.sort();
        for name in names {
            let at = |o: &Map<String, Value>| o.get(name).cloned().unwrap_or(Value::Null);
            let inner = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            let merged = merge(&at(b), &at(m), &at(t), &inner, conflicts);
            if !(merged.is_null() && path == "services") {
                out.insert(name.clone(), merged);
            }
        }
        return Value::Object(out);
    }
    conflicts.push(Conflict { path: path.to_owned(), base: base.clone(), mine: mine.clone(), theirs: theirs.clone() });
    mine.clone()
}

/// Register ids by key: those that are known win.
fn all_ids(mine: &Value, theirs: &Value) -> Value {
    let known = |v: &Value| v.as_object().cloned().unwrap_or_default().into_iter().filter(|(_, id)| *id != json!(0));
    Value::Object(known(theirs).chain(known(mine)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{GeocodeLevel, LonLat, Service, kind_by_code};

    fn salon() -> Place {
        let mut service = Service::new("a", kind_by_code("salon").unwrap(), "花園サロン");
        (service.id, service.fee, service.phone) = (7, Some("100円".into()), Some("096-000-0000".into()));
        Place { id: 3, key: "k".into(), name: "花園公民館".into(), services: vec![service], ..Place::default() }
    }

    #[test]
    fn what_only_one_side_changed_is_taken_and_what_both_changed_is_told() {
        let base = salon();
        let (mut mine, mut theirs) = (base.clone(), base.clone());
        mine.services[0].phone = Some("096-111-1111".into());
        mine.point = Some(LonLat::new(130.7, 32.8));
        mine.level = GeocodeLevel::Surveyed;
        theirs.services[0].fee = Some("200円".into());
        theirs.services.push(Service::new("b", kind_by_code("cafe").unwrap_or(base.services[0].kind), "花園カフェ"));
        let (merged, conflicts) = merge_places(&base, &mine, &theirs);
        assert!(conflicts.is_empty(), "{conflicts:?}");
        let a = merged.services.iter().find(|s| s.key == "a").unwrap();
        assert_eq!((a.id, a.fee.as_deref(), a.phone.as_deref()), (7, Some("200円"), Some("096-111-1111")));
        assert_eq!((merged.services.len(), merged.level, merged.id), (2, GeocodeLevel::Surveyed, 3));
        theirs.services[0].phone = Some("096-222-2222".into());
        let (merged, conflicts) = merge_places(&base, &mine, &theirs);
        assert_eq!(conflicts.len(), 1);
        assert_eq!((conflicts[0].path.as_str(), &conflicts[0].theirs), ("services/a/phone", &json!("096-222-2222")));
        assert_eq!(merged.services.iter().find(|s| s.key == "a").unwrap().phone.as_deref(), Some("096-111-1111"));
    }

    #[test]
    fn a_service_one_side_closed_and_the_other_left_alone_goes() {
        let base = salon();
        let mut mine = base.clone();
        mine.services.clear();
        let (merged, conflicts) = merge_places(&base, &mine, &base);
        assert!(merged.services.is_empty() && conflicts.is_empty());
        let mut theirs = base.clone();
        theirs.services[0].fee = Some("無料".into());
        let (_, conflicts) = merge_places(&base, &mine, &theirs);
        assert_eq!(conflicts.len(), 1, "one side removed what the other changed");
    }

    proptest::proptest! {
        /// Against the plain rule, field by field.
        #[test]
        fn a_merge_is_the_rule_for_every_field(values in proptest::collection::vec((0u8..3, 0u8..3, 0u8..3), 4)) {
            let text = |v: u8| (v > 0).then(|| format!("v{v}"));
            let made = |side: fn(&(u8, u8, u8)) -> u8| {
                let v: Vec<Option<String>> = values.iter().map(|x| text(side(x))).collect();
                let mut p = salon();
                (p.kana, p.address) = (v[0].clone(), v[1].clone());
                (p.services[0].fee, p.services[0].url) = (v[2].clone(), v[3].clone());
                p
            };
            let (base, mine, theirs) = (made(|v| v.0), made(|v| v.1), made(|v| v.2));
            let (merged, conflicts) = merge_places(&base, &mine, &theirs);
            let got = [merged.kana.clone(), merged.address.clone(), merged.services[0].fee.clone(), merged.services[0].url.clone()];
            let mut told = 0;
            for (i, (b, m, t)) in values.iter().enumerate() {
                let wanted = if m == b { t } else { m };
                told += usize::from(m != b && t != b && m != t);
                proptest::prop_assert_eq!(&got[i], &text(*wanted));
            }
            proptest::prop_assert_eq!(conflicts.len(), told);
            let (same, none) = merge_places(&base, &mine, &mine);
            proptest::prop_assert!(none.is_empty() && same == mine);
        }
    }
}
