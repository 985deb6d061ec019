//! What every register keeps, embedded or in PostgreSQL: the same tests on both.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

mod common;
#[path = "common/database.rs"]
mod database;

use kayoi::commands::{import_paths, write_city};
use kayoi::model::{
    Account, Area, AreaType, Batch, Cell, Dataset, Entry, Field, Finding, GeocodeLevel, LonLat, Note, NoteKind, Outcome, Place,
    Publication, Role, Service, Severity, Suggestion, kind_by_code,
};
use kayoi::store::{Author, Compiled, Delivery, Edit, Edited, Position, Store, StoreError, connect, open};
use std::sync::Arc;

type Shared = Arc<dyn Store>;

/// Runs a test on both kinds of register.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test]
            async fn $name() {
                let dir = tempfile::tempdir().unwrap();
                super::$name(super::open(dir.path()).await.unwrap()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::connect(&super::database::url()).await.unwrap()).await;
            })*
        }
    };
}

on_both!(
    an_import_adds_updates_retires_and_repeats_without_a_trace,
    a_whole_city_is_read_back_as_it_was_written,
    an_edit_keeps_what_another_person_changed,
    the_same_records_in_another_file_are_no_revision,
    edits_are_told_apart_from_what_must_be_read_whole,
    a_list_comes_again_and_what_people_made_of_it_stays,
    an_import_is_undone_and_done_again,
    an_undo_leaves_what_was_changed_since,
    an_undo_takes_back_what_was_only_looked_up_since,
    records_are_merged_split_and_that_is_undone,
    what_was_taken_out_by_hand_is_not_brought_back_by_its_list,
    doubts_wait_until_somebody_looks,
    an_address_that_changes_is_looked_up_again,
    accounts_sessions_and_the_audit_log,
    suggestions_publications_mappings_and_scenarios,
    notes_of_an_area_stay_until_they_are_taken_back,
    many_writers_at_once_lose_nothing,
    a_watcher_is_told_of_a_revision,
);

fn author() -> Author {
    Author::new("test", "2026-06-10T00:00:00Z")
}

fn dataset() -> Dataset {
    Dataset { key: "t:1".into(), format: "t".into(), title: "試験".into(), attribution: "なし".into(), vintage: None }
}

fn place(key: &str, name: &str) -> Place {
    Place {
        key: key.into(),
        name: name.into(),
        point: Some(LonLat::new(130.7, 32.8)),
        level: GeocodeLevel::Surveyed,
        services: vec![Service::new(key, kind_by_code("salon").unwrap(), name)],
        ..Place::default()
    }
}

async fn deliver_places(store: &dyn Store, places: Vec<Place>, sha: &str) -> Outcome {
    let batch = Batch { places, ..Batch::default() };
    let delivery = Delivery { dataset: &dataset(), sha256: sha, file: "f", batch: &batch, compiled: &[], findings: &[] };
    store.deliver(delivery, &author()).await.unwrap()
}

async fn deliver(store: &dyn Store, names: &[(&str, &str)], sha: &str) -> Outcome {
    deliver_places(store, names.iter().map(|(k, n)| place(k, n)).collect(), sha).await
}

/// Everything that is not retired, without revision numbers.
async fn shown(store: &dyn Store) -> Vec<Place> {
    let mut all: Vec<Place> = store.contents().await.unwrap().places.into_iter().map(|p| p.1).collect();
    all.sort_by_key(|p| p.id);
    all
}

async fn change(store: &dyn Store, id: i64, with: impl FnOnce(&mut Place)) -> i64 {
    let entry = store.entry(id).await.unwrap().unwrap();
    let mut after = entry.place.clone();
    with(&mut after);
    let edit = Edit { place: id, version: entry.version, after: Some(after), merged_into: None };
    let Edited::Done { revision, .. } = store.edit(&[edit], "直し", &author()).await.unwrap() else { panic!("not done") };
    revision
}

async fn an_import_adds_updates_retires_and_repeats_without_a_trace(store: Shared) {
    let first = deliver(store.as_ref(), &[("a", "花園サロン"), ("b", "池田サロン")], "1").await;
    assert_eq!((first.added, first.revision), (2, Some(1)));
    let again = deliver(store.as_ref(), &[("a", "花園サロン"), ("b", "池田サロン")], "1").await;
    assert_eq!((again.added, again.updated, again.unchanged, again.revision), (0, 0, 2, None));
    assert_eq!(store.revision().await.unwrap(), 1);
    let newer = deliver(store.as_ref(), &[("a", "花園いきいきサロン"), ("c", "春日サロン")], "2").await;
    assert_eq!((newer.added, newer.updated, newer.gone.clone()), (1, 1, vec!["池田サロン".to_owned()]));
    let names: Vec<_> = shown(store.as_ref()).await.iter().map(|p| p.services[0].name.clone()).collect();
    assert_eq!(names, ["花園いきいきサロン", "春日サロン"]);
    // what was retired comes back under its old id
    let back = deliver(store.as_ref(), &[("a", "花園いきいきサロン"), ("b", "池田サロン"), ("c", "春日サロン")], "3").await;
    assert_eq!((back.added, back.updated), (0, 1));
    assert_eq!(shown(store.as_ref()).await.iter().map(|p| p.id).collect::<Vec<_>>(), [1, 2, 3]);
}

async fn a_whole_city_is_read_back_as_it_was_written(store: Shared) {
    let dir = tempfile::tempdir().unwrap();
    write_city(dir.path(), 4000, 3).unwrap();
    let paths = vec![dir.path().to_owned()];
    import_paths(Some(store.as_ref()), &paths).await.unwrap();
    // the embedded register is the oracle of the other
    let oracle = tempfile::tempdir().unwrap();
    let embedded = open(oracle.path()).await.unwrap();
    import_paths(Some(embedded.as_ref()), &paths).await.unwrap();
    let (a, b) = (store.contents().await.unwrap(), embedded.contents().await.unwrap());
    assert_eq!((a.places, a.areas, a.cells, a.series), (b.places, b.areas, b.cells, b.series));
    assert_eq!(store.addresses().await.unwrap(), embedded.addresses().await.unwrap());
    for (name, hash) in embedded.compiled_names("").await.unwrap() {
        assert_eq!(store.compiled_hash(&name).await.unwrap(), Some(hash), "{name}");
        assert_eq!(store.compiled(&name).await.unwrap(), embedded.compiled(&name).await.unwrap(), "{name}");
    }
    assert!(store.check().await.unwrap().is_empty());
    let revision = store.revision().await.unwrap();
    import_paths(Some(store.as_ref()), &paths).await.unwrap();
    assert_eq!(store.revision().await.unwrap(), revision, "the same files again change nothing");
}

async fn an_edit_keeps_what_another_person_changed(store: Shared) {
    deliver(store.as_ref(), &[("a", "花園サロン")], "1").await;
    let seen = store.entry(1).await.unwrap().unwrap();
    let mut after = seen.place.clone();
    after.services[0].phone = Some("096-000-0000".into());
    after.services[0].hidden.insert(Field::Phone);
    after.services[0].staff.insert("doctor".into(), "佐藤".into());
    after.services[0].verified.insert(Field::Phone, "2026-06-10".into());
    let edit = Edit { place: 1, version: seen.version, after: Some(after.clone()), merged_into: None };
    let Edited::Done { revision, places } = store.edit(std::slice::from_ref(&edit), "電話", &author()).await.unwrap() else {
        panic!()
    };
    assert_eq!((revision, places), (2, vec![1]));
    assert_eq!(store.entry(1).await.unwrap().unwrap().place, after);
    // another person who saw the old version is told, and nothing of theirs is kept
    let mut other = seen.place.clone();
    other.name = "別の名".into();
    let late = Edit { after: Some(other.clone()), ..edit };
    let fresh = Edit { place: 0, version: 0, after: Some(place("x", "新しい")), merged_into: None };
    let Edited::Stale(now) = store.edit(&[fresh, late], "名前", &author()).await.unwrap() else { panic!() };
    assert_eq!((now.version, now.place.clone()), (2, after.clone()));
    assert_eq!((store.revision().await.unwrap(), shown(store.as_ref()).await.len()), (2, 1));
    assert_eq!(store.entry_at(1, seen.version).await.unwrap().unwrap().place, seen.place);
    // the same again is no change
    let same = Edit { place: 1, version: 2, after: Some(after), merged_into: None };
    assert_eq!(store.edit(&[same], "同じ", &author()).await.unwrap(), Edited::Same);
    let history = store.history(1).await.unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!(history[0].before.as_ref().unwrap().place.services[0].phone, None);
    assert_eq!(history[1].after.as_ref().unwrap().place, seen.place);
    assert!(history[1].before.is_none());
}

async fn the_same_records_in_another_file_are_no_revision(store: Shared) {
    let cell = |code: &str| Cell { code: code.into(), ..Cell::default() };
    let batch = Batch { cells: vec![cell("43103-1"), cell("43103-2")], ..Batch::default() };
    let take = async |sha256: &str, batch: &Batch| {
        let delivery = Delivery { dataset: &dataset(), sha256, file: "x", batch, compiled: &[], findings: &[] };
        store.deliver(delivery, &author()).await.unwrap().revision
    };
    assert_eq!(take("dbf", &batch).await, Some(1));
    for file in ["csv", "dbf", "csv"] {
        assert_eq!(take(file, &batch).await, None, "{file}");
    }
    let more = Batch { cells: vec![cell("43103-1"), cell("43103-3")], ..Batch::default() };
    assert!(take("csv", &more).await.is_some());
    // a newer year of the same figures is news: every answer says how old its data are
    let newer = Dataset { vintage: Some("2027".into()), ..dataset() };
    let delivery = Delivery { dataset: &newer, sha256: "x", file: "x", batch: &more, compiled: &[], findings: &[] };
    assert!(store.deliver(delivery, &author()).await.unwrap().revision.is_some());
}

async fn edits_are_told_apart_from_what_must_be_read_whole(store: Shared) {
    deliver(store.as_ref(), &[("a", "花園サロン"), ("b", "池田サロン")], "1").await;
    let known = store.revision().await.unwrap();
    assert_eq!(store.edits_since(0).await.unwrap(), None, "an import");
    assert_eq!(store.edits_since(known).await.unwrap().map(|e| e.places.len()), Some(0));
    change(store.as_ref(), 1, |p| p.name = "別の名".into()).await;
    let gone = store.entry(2).await.unwrap().unwrap();
    store.edit(&[Edit { place: 2, version: gone.version, ..Edit::default() }], "終了", &author()).await.unwrap();
    let edits = store.edits_since(known).await.unwrap().unwrap();
    assert_eq!(edits.revision, store.revision().await.unwrap());
    let mut told: Vec<(i64, Option<String>)> = edits.places.into_iter().map(|(id, f)| (id, f.map(|f| f.place.name))).collect();
    told.sort();
    assert_eq!(told, [(1, Some("別の名".to_owned())), (2, None)]);
    let last = store.revision().await.unwrap();
    store.undo(last, &author()).await.unwrap();
    assert_eq!(store.edits_since(last).await.unwrap(), None, "an undo");
    let pair = store.apart().await.unwrap();
    assert!(pair.is_empty());
    store.keep_apart(2, 1, &author()).await.unwrap();
    store.keep_apart(1, 2, &author()).await.unwrap();
    assert_eq!(store.apart().await.unwrap().into_iter().collect::<Vec<_>>(), [(1, 2)]);
    let datasets: Vec<String> = store.datasets().await.unwrap().into_iter().map(|d| d.dataset.key).collect();
    assert_eq!(datasets, ["t:1"]);
}

async fn a_list_comes_again_and_what_people_made_of_it_stays(store: Shared) {
    deliver(store.as_ref(), &[("a", "花園サロン"), ("b", "池田サロン")], "1").await;
    change(store.as_ref(), 1, |p| {
        p.point = Some(LonLat::new(130.71, 32.81));
        p.services[0].phone = Some("096-111-1111".into());
    })
    .await;
    // the list says a fee now, and another telephone number
    let mut newer = place("a", "花園サロン");
    newer.services[0].fee = Some("100円".into());
    newer.services[0].phone = Some("096-222-2222".into());
    let outcome = deliver_places(store.as_ref(), vec![newer.clone(), place("b", "池田サロン")], "2").await;
    assert_eq!((outcome.updated, outcome.unchanged, outcome.conflicts), (1, 1, 1));
    let now = store.entry(1).await.unwrap().unwrap().place;
    assert_eq!(now.point, Some(LonLat::new(130.71, 32.81)), "the pin a person moved stays");
    assert_eq!((now.services[0].fee.as_deref(), now.services[0].phone.as_deref()), (Some("100円"), Some("096-111-1111")));
    let doubts = store.doubts().await.unwrap();
    assert_eq!(doubts.len(), 1);
    assert_eq!((doubts[0].code.as_str(), doubts[0].value.as_str()), ("list_disagrees", "096-222-2222"));
    // and the same list again is no news
    let again = deliver_places(store.as_ref(), vec![newer, place("b", "池田サロン")], "3").await;
    assert_eq!((again.updated, again.conflicts, again.unchanged), (0, 0, 2));
}

async fn an_import_is_undone_and_done_again(store: Shared) {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (dir.path().join("one"), dir.path().join("two"));
    write_city(&one, 2000, 3).unwrap();
    write_city(&two, 2000, 4).unwrap();
    let state = async |store: &dyn Store| {
        let c = store.contents().await.unwrap();
        let datasets: Vec<_> = c.datasets.iter().map(|d| (d.dataset.key.clone(), d.sha256.clone())).collect();
        let mut addresses = store.addresses().await.unwrap();
        addresses.sort_by(|a, b| format!("{a:?}").cmp(&format!("{b:?}")));
        let mut series = c.series.clone();
        series.sort_by(|a, b| format!("{a:?}").cmp(&format!("{b:?}")));
        (c.places, c.areas, c.cells, series, addresses, store.compiled_names("").await.unwrap(), datasets)
    };
    import_paths(Some(store.as_ref()), &[one]).await.unwrap();
    let (first, before) = (state(store.as_ref()).await, store.revision().await.unwrap());
    import_paths(Some(store.as_ref()), &[two]).await.unwrap();
    let (second, after) = (state(store.as_ref()).await, store.revision().await.unwrap());
    assert!(after > before && first != second);
    let mut undone = Vec::new();
    let since = store.revisions(0, 1000).await.unwrap().into_iter().map(|r| r.id).filter(|r| *r > before);
    for revision in since {
        let u = store.undo(revision, &author()).await.unwrap();
        assert_eq!(u.kept, Vec::<String>::new(), "{revision}");
        undone.extend(u.revision);
    }
    let back = state(store.as_ref()).await;
    assert!(back.0 == first.0, "places");
    assert!(back.1 == first.1, "areas");
    assert!(back.2 == first.2, "cells");
    assert!(back.3 == first.3, "series");
    assert!(back.4 == first.4, "addresses");
    assert_eq!((&back.5, &back.6), (&first.5, &first.6));
    assert!(back == first, "everything is as it was before");
    for revision in undone.into_iter().rev() {
        assert_eq!(store.undo(revision, &author()).await.unwrap().kept, Vec::<String>::new());
    }
    let again = state(store.as_ref()).await;
    assert_eq!((&again.5, &again.6), (&second.5, &second.6));
    assert!(again.0 == second.0 && again.1 == second.1 && again.2 == second.2, "and as it was after");
    assert!(again.3 == second.3 && again.4 == second.4, "numbers too");
    assert!(store.check().await.unwrap().is_empty());
}

async fn an_undo_leaves_what_was_changed_since(store: Shared) {
    deliver(store.as_ref(), &[("a", "花園サロン"), ("b", "池田サロン")], "1").await;
    let mut newer = place("a", "花園サロン");
    newer.services[0].fee = Some("500円".into());
    newer.services[0].pickup = Some("有".into());
    let second = deliver_places(store.as_ref(), vec![newer, place("c", "春日サロン")], "2").await.revision.unwrap();
    change(store.as_ref(), 1, |p| p.services[0].fee = Some("300円".into())).await;
    let c = shown(store.as_ref()).await.iter().find(|p| p.key == "c").unwrap().id;
    change(store.as_ref(), c, |p| p.name = "春日公民館".into()).await;
    let undone = store.undo(second, &author()).await.unwrap();
    let all = shown(store.as_ref()).await;
    let a = all.iter().find(|p| p.key == "a").unwrap();
    assert_eq!((a.services[0].fee.as_deref(), a.services[0].pickup.as_deref()), (Some("300円"), None));
    assert!(all.iter().any(|p| p.key == "b"), "what the import retired is back");
    assert!(all.iter().any(|p| p.key == "c"), "what a person worked on since stays");
    assert_eq!(undone.kept.len(), 2, "{:?}", undone.kept);
    assert!(matches!(store.undo(9999, &author()).await, Err(StoreError::Missing)));
}

async fn an_undo_takes_back_what_was_only_looked_up_since(store: Shared) {
    let mut unlocated = place("a", "花園サロン");
    (unlocated.point, unlocated.level, unlocated.address) = (None, GeocodeLevel::Unlocated, Some("花園5-8-3".into()));
    let first = deliver_places(store.as_ref(), vec![unlocated.clone()], "1").await.revision.unwrap();
    let found = [Position { place: 1, point: Some(LonLat::new(130.7, 32.8)), level: GeocodeLevel::House }];
    store.locate(&found, "lists", &author()).await.unwrap();
    unlocated.address = Some("花園5-9-1".into());
    let second = deliver_places(store.as_ref(), vec![unlocated], "2").await.revision.unwrap();
    let elsewhere = [Position { point: Some(LonLat::new(130.71, 32.81)), ..found[0].clone() }];
    store.locate(&elsewhere, "lists", &author()).await.unwrap();
    assert_eq!(store.undo(second, &author()).await.unwrap().kept, Vec::<String>::new());
    let now = store.entry(1).await.unwrap().unwrap().place;
    assert_eq!(now.address.as_deref(), Some("花園5-8-3"));
    assert_ne!(now.point, Some(LonLat::new(130.71, 32.81)), "it does not stand where another address is");
    assert_eq!(store.undo(first, &author()).await.unwrap().kept, Vec::<String>::new());
    assert!(shown(store.as_ref()).await.is_empty());
}

async fn records_are_merged_split_and_that_is_undone(store: Shared) {
    deliver(store.as_ref(), &[("a", "花園サロン"), ("b", "花園さろん")], "1").await;
    let before = shown(store.as_ref()).await;
    let (a, b) = (store.entry(1).await.unwrap().unwrap(), store.entry(2).await.unwrap().unwrap());
    let mut both = a.place.clone();
    both.services.extend(b.place.services.clone());
    let merge = [
        Edit { place: 1, version: a.version, after: Some(both), merged_into: None },
        Edit { place: 2, version: b.version, after: None, merged_into: Some(1) },
    ];
    let Edited::Done { revision, .. } = store.edit(&merge, "統合", &author()).await.unwrap() else { panic!() };
    let merged = shown(store.as_ref()).await;
    assert_eq!((merged.len(), merged[0].services.len()), (1, 2));
    assert_eq!(merged[0].services[1].id, before[1].services[0].id, "a service keeps its id when it moves");
    // the list still has both rows: nothing comes back by itself
    let again = deliver(store.as_ref(), &[("a", "花園サロン"), ("b", "花園さろん・改")], "2").await;
    assert_eq!((again.updated, shown(store.as_ref()).await.len()), (0, 1));
    store.undo(revision, &author()).await.unwrap();
    assert_eq!(shown(store.as_ref()).await, before);
    // split: one service gets a place of its own
    let entry = store.entry(1).await.unwrap().unwrap();
    let mut two = entry.place.clone();
    two.services.push(Service::new("cafe", kind_by_code("salon").unwrap(), "花園カフェ"));
    let edit = Edit { place: 1, version: entry.version, after: Some(two), merged_into: None };
    store.edit(&[edit], "追加", &author()).await.unwrap();
    let entry = store.entry(1).await.unwrap().unwrap();
    let (mut rest, cafe) = (entry.place.clone(), entry.place.services[1].clone());
    rest.services.truncate(1);
    let own = Place { name: "花園カフェ".into(), services: vec![cafe.clone()], ..place("", "") };
    let split = [
        Edit { place: 1, version: entry.version, after: Some(rest), merged_into: None },
        Edit { place: 0, version: 0, after: Some(own), merged_into: None },
    ];
    let Edited::Done { revision, places } = store.edit(&split, "分割", &author()).await.unwrap() else { panic!() };
    let new = store.entry(places[1]).await.unwrap().unwrap();
    assert_eq!((new.place.services[0].id, store.entry(1).await.unwrap().unwrap().place.services.len()), (cafe.id, 1));
    store.undo(revision, &author()).await.unwrap();
    assert_eq!(store.entry(1).await.unwrap().unwrap().place, entry.place);
    assert!(store.entry(places[1]).await.unwrap().unwrap().retired.is_some());
}

async fn what_was_taken_out_by_hand_is_not_brought_back_by_its_list(store: Shared) {
    deliver(store.as_ref(), &[("a", "花園サロン"), ("b", "池田サロン")], "1").await;
    let entry = store.entry(2).await.unwrap().unwrap();
    let out = Edit { place: 2, version: entry.version, after: None, merged_into: None };
    store.edit(&[out], "終了", &author()).await.unwrap();
    for sha in ["1", "2"] {
        deliver(store.as_ref(), &[("a", "花園サロン"), ("b", "池田サロン")], sha).await;
        assert_eq!(shown(store.as_ref()).await.len(), 1);
    }
}

async fn doubts_wait_until_somebody_looks(store: Shared) {
    let batch = Batch { places: vec![place("a", "花園サロン")], ..Batch::default() };
    let finding = |code: &str, record: Option<&str>| Finding {
        severity: Severity::Doubtful,
        row: 2,
        column: "緯度".into(),
        value: "130".into(),
        code: code.into(),
        message: "緯度と経度が逆です".into(),
        record: record.map(str::to_owned),
    };
    let findings = [finding("position_swapped", Some("a")), finding("position_missing", Some("a")), finding("other", None)];
    let delivery = Delivery { dataset: &dataset(), sha256: "1", file: "f", batch: &batch, compiled: &[], findings: &findings };
    store.deliver(delivery, &author()).await.unwrap();
    assert_eq!(store.doubts().await.unwrap().iter().map(|d| d.code.as_str()).collect::<Vec<_>>(), ["position_swapped"]);
    change(store.as_ref(), 1, |p| p.services[0].verified_on = Some("2026-06-10".into())).await;
    assert!(store.doubts().await.unwrap().is_empty());
}

async fn an_address_that_changes_is_looked_up_again(store: Shared) {
    let mut unlocated = place("a", "花園サロン");
    (unlocated.point, unlocated.level, unlocated.address) = (None, GeocodeLevel::Unlocated, Some("花園5-8-3".into()));
    deliver_places(store.as_ref(), vec![unlocated.clone()], "1").await;
    assert_eq!(store.to_locate().await.unwrap(), [(1, None)]);
    let found = [Position { place: 1, point: Some(LonLat::new(130.7, 32.8)), level: GeocodeLevel::House }];
    let revision = store.locate(&found, "lists-1", &author()).await.unwrap();
    assert!(revision.is_some());
    assert_eq!(store.locate(&found, "lists-2", &author()).await.unwrap(), None, "the same position is no news");
    assert_eq!(store.to_locate().await.unwrap(), [(1, Some("lists-2".into()))]);
    // the same list again leaves the position
    assert_eq!(deliver_places(store.as_ref(), vec![unlocated.clone()], "2").await.updated, 0);
    change(store.as_ref(), 1, |p| p.address = Some("花園5-9-1".into())).await;
    let entry = store.entry(1).await.unwrap().unwrap();
    assert_eq!((entry.place.point, store.to_locate().await.unwrap()), (None, vec![(1, None)]));
    // a pin set by hand is nobody else's to move
    change(store.as_ref(), 1, |p| (p.point, p.level) = (Some(LonLat::new(130.72, 32.82)), GeocodeLevel::Surveyed)).await;
    assert!(store.to_locate().await.unwrap().is_empty());
    assert_eq!(store.locate(&found, "lists-3", &author()).await.unwrap(), None);
}

async fn accounts_sessions_and_the_audit_log(store: Shared) {
    let account = Account {
        id: 0,
        name: "hana".into(),
        role: Role::Coordinator,
        areas: vec![3, 4],
        password: "$argon2id$…".into(),
        disabled: false,
        failures: 0,
        locked_until: None,
    };
    store.put_account(&account).await.unwrap();
    let known = store.account("hana").await.unwrap().unwrap();
    assert_eq!((known.role, known.areas.clone()), (Role::Coordinator, vec![3, 4]));
    assert_eq!(store.account("taro").await.unwrap(), None);
    let (now, later, past) = ("2026-06-10T09:00:00Z", "2026-06-10T21:00:00Z", "2026-06-10T08:00:00Z");
    store.open_session("hash-1", known.id, now, later).await.unwrap();
    store.open_session("hash-2", known.id, now, later).await.unwrap();
    assert_eq!(store.session("hash-1", now).await.unwrap().unwrap().name, "hana");
    assert!(store.session("hash-1", later).await.unwrap().is_none(), "it has run out");
    assert!(store.session("hash-1", past).await.unwrap().is_some(), "a clock set back closes nobody out");
    store.close_session("hash-1").await.unwrap();
    assert!(store.session("hash-1", now).await.unwrap().is_none() && store.session("hash-2", now).await.unwrap().is_some());
    store.close_sessions(known.id).await.unwrap();
    assert!(store.session("hash-2", now).await.unwrap().is_none());
    store.open_session("hash-3", known.id, now, later).await.unwrap();
    store.put_account(&Account { disabled: true, ..known.clone() }).await.unwrap();
    assert!(store.session("hash-3", now).await.unwrap().is_none(), "a disabled account has no session");
    assert_eq!((store.count_failure(known.id).await.unwrap(), store.count_failure(known.id).await.unwrap()), (1, 2));
    store.lock_account(known.id, Some(later)).await.unwrap();
    assert_eq!(store.account("hana").await.unwrap().unwrap().locked_until.as_deref(), Some(later));
    store.lock_account(known.id, None).await.unwrap();
    assert_eq!(store.account("hana").await.unwrap().unwrap().failures, 0);
    store.audit(&author(), "sign_in", "hana").await.unwrap();
    assert_eq!(store.audits(10).await.unwrap()[0].action, "sign_in");
}

async fn notes_of_an_area_stay_until_they_are_taken_back(store: Shared) {
    let area = Area {
        id: 0,
        key: "a".into(),
        area_type: AreaType::ElementaryDistrict,
        code: None,
        name: "花園校区".into(),
        city_code: None,
        parent: None,
        approximate: false,
        geometry: None,
    };
    let batch = Batch { areas: vec![area], ..Batch::default() };
    let delivery = Delivery { dataset: &dataset(), sha256: "1", file: "f", batch: &batch, compiled: &[], findings: &[] };
    store.deliver(delivery, &author()).await.unwrap();
    let area = store.contents().await.unwrap().areas[0].1.id;
    let good = Note {
        id: 0,
        at: "2026-06-10T00:00:00Z".into(),
        actor: "hana".into(),
        area,
        kind: NoteKind::Good,
        text: "坂の上まで車を出す人がいる'; --".into(),
        about: None,
        value: None,
        parent: None,
    };
    let first = store.note(&good).await.unwrap();
    let rating =
        Note { kind: NoteKind::Rating, about: Some("m3".into()), value: Some("△".into()), parent: Some(first), ..good.clone() };
    let second = store.note(&rating).await.unwrap();
    assert_eq!(store.notes(area).await.unwrap(), vec![Note { id: first, ..good }, Note { id: second, ..rating.clone() }]);
    assert_eq!((store.notes(0).await.unwrap().len(), store.notes(area + 1).await.unwrap().len()), (2, 0));
    assert!(store.withdraw(first, &author()).await.unwrap());
    assert!(!store.withdraw(first, &author()).await.unwrap() && !store.withdraw(999, &author()).await.unwrap());
    assert_eq!(store.notes(0).await.unwrap(), vec![Note { id: second, ..rating.clone() }]);
    assert!(store.note(&Note { area: area + 1, ..rating }).await.is_err(), "of an area there is");
}

async fn suggestions_publications_mappings_and_scenarios(store: Shared) {
    deliver(store.as_ref(), &[("a", "花園サロン")], "1").await;
    let service = store.entry(1).await.unwrap().unwrap().place.services[0].id;
    let said = Suggestion {
        at: "2026-06-10T00:00:00Z".into(),
        service: Some(service),
        text: "'; DROP TABLE place; --".into(),
        ..Suggestion::default()
    };
    let id = store.suggest(&said).await.unwrap();
    assert_eq!(store.suggestions(true).await.unwrap()[0].text, said.text);
    assert!(store.decide(id, "taken", "hana", Some("ありがとうございます")).await.unwrap());
    assert!(!store.decide(id, "declined", "hana", None).await.unwrap(), "decided once");
    assert!(store.suggestions(true).await.unwrap().is_empty() && store.suggestions(false).await.unwrap().len() == 1);
    let handed = Publication {
        at: "2026-06-11T00:00:00Z".into(),
        actor: "hana".into(),
        what: "資源マップ".into(),
        recipient: "民児協".into(),
        revision: 1,
        ..Publication::default()
    };
    store.publish(&handed).await.unwrap();
    assert_eq!(store.publications().await.unwrap()[0].what, "資源マップ");
    let fields = [("なまえ".to_owned(), "name".to_owned())].into();
    store.save_mapping("[\"なまえ\"]", &fields, &author()).await.unwrap();
    assert_eq!(store.mappings().await.unwrap()["[\"なまえ\"]"], fields);
    store.save_scenario("案1", "{}", &author()).await.unwrap();
    store.save_scenario("案1", "[]", &author()).await.unwrap();
    assert_eq!(store.scenarios().await.unwrap().len(), 1);
    assert!(store.remove_scenario("案1").await.unwrap() && !store.remove_scenario("案1").await.unwrap());
}

/// Twenty people write at once: every accepted edit is there, and of edits of one version one wins.
async fn many_writers_at_once_lose_nothing(store: Shared) {
    let names: Vec<(String, String)> = (0..20).map(|i| (format!("k{i:02}"), format!("サロン{i}"))).collect();
    deliver(store.as_ref(), &names.iter().map(|(k, n)| (k.as_str(), n.as_str())).collect::<Vec<_>>(), "1").await;
    let mut tasks = Vec::new();
    for i in 0..40i64 {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            let id = i % 20 + 1;
            let mut after = store.entry(id).await.unwrap().unwrap().place;
            after.services[0].fee = Some(format!("{i}円"));
            let edit = Edit { place: id, version: 1, after: Some(after), merged_into: None };
            matches!(store.edit(&[edit], "直し", &author()).await.unwrap(), Edited::Done { .. }).then_some((id, i))
        }));
    }
    let mut accepted = Vec::new();
    for t in tasks {
        accepted.extend(t.await.unwrap());
    }
    assert_eq!(accepted.len(), 20, "one of two for every record");
    for (id, i) in accepted {
        let Entry { place, .. } = store.entry(id).await.unwrap().unwrap();
        assert_eq!(place.services[0].fee, Some(format!("{i}円")));
    }
    let revisions = store.revisions(0, 100).await.unwrap();
    assert!(revisions.len() == 21 && revisions.windows(2).all(|w| w[0].id > w[1].id));
}

async fn a_watcher_is_told_of_a_revision(store: Shared) {
    let known = store.revision().await.unwrap();
    let watcher = tokio::spawn({
        let store = store.clone();
        async move { store.moved_on(known).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert!(!watcher.is_finished());
    deliver(store.as_ref(), &[("a", "花園サロン")], "1").await;
    tokio::time::timeout(std::time::Duration::from_secs(3), watcher).await.expect("told in time").unwrap().unwrap();
    // one that asks late is told at once
    tokio::time::timeout(std::time::Duration::from_secs(3), store.moved_on(known)).await.expect("told at once").unwrap();
}

#[tokio::test]
async fn a_part_that_is_no_longer_what_was_written_is_found_on_both() {
    for store in [open(tempfile::tempdir().unwrap().path()).await.unwrap(), connect(&database::url()).await.unwrap()] {
        let part = Compiled { name: "streets".into(), hash: "0".repeat(64), bytes: b"not what the hash says".to_vec() };
        let batch = Batch::default();
        let delivery = Delivery { dataset: &dataset(), sha256: "1", file: "f", batch: &batch, compiled: &[part], findings: &[] };
        store.deliver(delivery, &author()).await.unwrap();
        assert_eq!(store.check().await.unwrap().len(), 1);
    }
}
