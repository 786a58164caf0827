//! The checks of answers, as rules and as properties.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::clock::Timestamp;
use crate::events::{Choice, Condition};
use crate::store::{EventId, Json, QuestionId};
use crate::values::Words;

fn question(key: &str, kind: QuestionKind) -> Question {
    let choice = |key: &str| Choice { key: key.to_owned(), label: Words::new(), retired: false };
    Question {
        id: QuestionId::new(),
        event_id: EventId::new(),
        key: key.to_owned(),
        kind,
        label: Json(Words::new()),
        help: Json(Words::new()),
        options: Json(if kind.has_options() { ["a", "b", "c"].map(choice).to_vec() } else { Vec::new() }),
        required: false,
        ticket_types: None,
        asked_at: AskedAt::Registration,
        condition: None,
        retention_days: None,
        sensitive: false,
        position: 0,
        retired_at: None,
        created_at: Timestamp::from_micros(0),
        updated_at: Timestamp::from_micros(0),
        version: 1,
    }
}

fn required(mut question: Question) -> Question {
    question.required = true;
    question
}

fn only_if(mut question: Question, other: &str, one_of: Value) -> Question {
    let Value::Array(one_of) = one_of else { panic!("values") };
    question.condition = Some(Json(Condition { question: other.to_owned(), one_of }));
    question
}

fn map(value: Value) -> Answers {
    let Value::Object(map) = value else { panic!("an object") };
    map
}

fn codes(result: Result<Answers, Vec<FieldIssue>>) -> Vec<(String, &'static str)> {
    result.unwrap_err().into_iter().map(|issue| (issue.pointer, issue.code)).collect()
}

#[test]
fn an_answer_is_kept_in_its_canonical_form() {
    for (kind, given, kept) in [
        (QuestionKind::Text, json!(" Lux "), json!("Lux")),
        (QuestionKind::LongText, json!("a\nb"), json!("a\nb")),
        (QuestionKind::Number, json!(12.0), json!(12)),
        (QuestionKind::Number, json!(-0.5), json!(-0.5)),
        (QuestionKind::Date, json!("2026-06-08"), json!("2026-06-08")),
        (QuestionKind::Boolean, json!(false), json!(false)),
        (QuestionKind::OneOf, json!("b"), json!("b")),
        (QuestionKind::ManyOf, json!(["c", "a", "c"]), json!(["a", "c"])),
        (QuestionKind::Country, json!("lu"), json!("LU")),
    ] {
        let answers = check(&[question("q", kind)], None, &map(json!({ "q": given }))).unwrap();
        assert_eq!(answers, map(json!({ "q": kept })), "{kind}");
    }
    for empty in [json!(null), json!("  "), json!([])] {
        let given = map(json!({ "q": empty }));
        assert_eq!(check(&[question("q", QuestionKind::Text)], None, &given), Ok(Answers::new()));
        let asked = [required(question("q", QuestionKind::Text))];
        assert_eq!(codes(check(&asked, None, &given)), [("/answers/q".to_owned(), "required")]);
    }
}

#[test]
fn what_is_no_answer_is_said() {
    for (kind, given, code) in [
        (QuestionKind::Text, json!("x".repeat(501)), "too_long"),
        (QuestionKind::Text, json!("a\nb"), "invalid_text"),
        (QuestionKind::Text, json!(1), "invalid_type"),
        (QuestionKind::LongText, json!("x".repeat(5001)), "too_long"),
        (QuestionKind::LongText, json!("a\u{0}b"), "invalid_text"),
        (QuestionKind::Number, json!("1"), "invalid_type"),
        (QuestionKind::Number, json!(1e300), "out_of_range"),
        (QuestionKind::Number, json!(9_007_199_254_740_992_i64), "out_of_range"),
        (QuestionKind::Number, json!(u64::MAX), "out_of_range"),
        (QuestionKind::Date, json!("2026-02-29"), "invalid_date"),
        (QuestionKind::Date, json!("2026-6-8"), "invalid_date"),
        (QuestionKind::Date, json!("+12026-06-08"), "invalid_date"),
        (QuestionKind::Boolean, json!("true"), "invalid_type"),
        (QuestionKind::OneOf, json!("d"), "unknown_option"),
        (QuestionKind::OneOf, json!(["a"]), "invalid_type"),
        (QuestionKind::ManyOf, json!(["a", "d"]), "unknown_option"),
        (QuestionKind::ManyOf, json!("a"), "invalid_type"),
        (QuestionKind::Country, json!("LUX"), "invalid_country"),
    ] {
        let result = check(&[question("q", kind)], None, &map(json!({ "q": given })));
        assert_eq!(codes(result), [("/answers/q".to_owned(), code)], "{kind} {given}");
    }
    let unknown = check(&[], None, &map(json!({ "a/b~c": 1 })));
    assert_eq!(codes(unknown), [("/answers/a~1b~0c".to_owned(), "unknown_question")]);
}

#[test]
fn a_condition_decides_what_is_asked_and_an_unclear_one_says_nothing() {
    let workshop = required(question("workshop", QuestionKind::Boolean));
    let which = only_if(required(question("which", QuestionKind::OneOf)), "workshop", json!([true]));
    let laptop = only_if(question("laptop", QuestionKind::Boolean), "which", json!(["a", "b"]));
    let all = [workshop, which, laptop];
    let checked = |given: Value| check(&all, None, &map(given));
    assert!(checked(json!({ "workshop": false })).is_ok());
    assert!(checked(json!({ "workshop": true, "which": "a", "laptop": true })).is_ok());
    let issue = |key: &str, code| (format!("/answers/{key}"), code);
    assert_eq!(codes(checked(json!({ "workshop": true }))), [issue("which", "required")]);
    assert_eq!(codes(checked(json!({ "workshop": false, "which": "a" }))), [issue("which", "not_asked")]);
    assert_eq!(
        codes(checked(json!({ "workshop": true, "which": "c", "laptop": true }))),
        [issue("laptop", "not_asked")]
    );
    assert_eq!(codes(checked(json!({ "which": "a", "laptop": true }))), [issue("workshop", "required")]);
    assert_eq!(codes(checked(json!({ "workshop": "no", "which": "a" }))), [issue("workshop", "invalid_type")]);
}

#[test]
fn a_question_is_asked_of_some_at_a_time() {
    let kind = TicketTypeId::new();
    let mut paid = required(question("invoice", QuestionKind::Text));
    paid.ticket_types = Some(Json(vec![kind]));
    let mut door = required(question("badge", QuestionKind::Text));
    door.asked_at = AskedAt::Door;
    let mut gone = required(question("fax", QuestionKind::Text));
    gone.retired_at = Some(Timestamp::from_micros(1));
    let all = [paid, door, gone];
    assert_eq!(check(&all, None, &Answers::new()), Ok(Answers::new()));
    assert_eq!(codes(check(&all, Some(kind), &Answers::new())), [("/answers/invoice".to_owned(), "required")]);
    let given = map(json!({ "invoice": "x", "badge": "x", "fax": "x" }));
    let refused: Vec<&str> =
        codes(check(&all, Some(TicketTypeId::new()), &given)).iter().map(|(_, code)| *code).collect();
    assert_eq!(refused, ["not_asked"; 3]);
}

#[test]
fn a_change_leaves_alone_what_it_does_not_name() {
    let mut diet = question("diet", QuestionKind::OneOf);
    diet.options.0[0].retired = true;
    let mut gone = question("fax", QuestionKind::Text);
    gone.retired_at = Some(Timestamp::from_micros(1));
    let new = required(question("new", QuestionKind::Text));
    let follows = only_if(required(question("which", QuestionKind::Text)), "diet", json!(["b"]));
    let all = [diet, gone, new, follows];
    let before = map(json!({ "diet": "a", "fax": "352" }));
    let revised = |given: Value| revise(&all, None, &before, &map(given));
    assert_eq!(revised(json!({})), Ok(before.clone()));
    assert_eq!(revised(json!({ "diet": "a", "fax": "352" })), Ok(before.clone()));
    assert_eq!(revised(json!({ "diet": null })), Ok(map(json!({ "fax": "352" }))));
    assert_eq!(revised(json!({ "diet": "c" })), Ok(map(json!({ "diet": "c", "fax": "352" }))));
    assert_eq!(codes(revised(json!({ "diet": "b" }))), [("/answers/which".to_owned(), "required")]);
    assert_eq!(codes(revised(json!({ "fax": "353" }))), [("/answers/fax".to_owned(), "not_asked")]);
    assert_eq!(codes(revised(json!({ "new": null }))), [("/answers/new".to_owned(), "required")]);
    // What is no longer asked is dropped, whether it comes back or not.
    let before = map(json!({ "diet": "b", "which": "soup" }));
    for given in [json!({ "diet": "c" }), json!({ "diet": "c", "which": "soup" })] {
        assert_eq!(revise(&all, None, &before, &map(given)), Ok(map(json!({ "diet": "c" }))));
    }
}

fn any_questions() -> impl Strategy<Value = Vec<Question>> {
    let one = (0..QuestionKind::ALL.len(), any::<bool>(), any::<bool>(), 0..9_usize, any::<bool>(), 0..8_usize);
    prop::collection::vec(one, 0..7).prop_map(|all| {
        let mut questions: Vec<Question> = Vec::new();
        for (index, (kind, is_required, door, retired, conditional, other)) in all.into_iter().enumerate() {
            let mut new = question(&format!("q{index}"), QuestionKind::ALL[kind]);
            new.required = is_required;
            new.asked_at = if door && is_required { AskedAt::Door } else { AskedAt::Registration };
            new.retired_at = (retired == 0).then(|| Timestamp::from_micros(1));
            if let Some(other) = questions.get(other).filter(|_| conditional) {
                let key = other.key.clone();
                new = only_if(new, &key, json!([true, "a", "LU"]));
            }
            questions.push(new);
        }
        questions
    })
}

fn any_answers() -> impl Strategy<Value = Answers> {
    let value = prop::sample::select(vec![
        json!(null),
        json!(""),
        json!("a"),
        json!("LU"),
        json!("2026-06-08"),
        json!(true),
        json!(3.0),
        json!(1e40),
        json!([]),
        json!(["b", "a"]),
        json!(["d"]),
        json!({ "a": 1 }),
    ]);
    prop::collection::btree_map("q[0-8]", value, 0..9).prop_map(|map| map.into_iter().collect())
}

proptest! {
    #[test]
    fn what_passes_is_asked_and_complete_and_passes_again(questions in any_questions(), given in any_answers()) {
        match check(&questions, None, &given) {
            Ok(answers) => {
                prop_assert_eq!(check(&questions, None, &answers), Ok(answers.clone()));
                prop_assert_eq!(revise(&questions, None, &answers, &Answers::new()), Ok(answers.clone()));
                for question in &questions {
                    let is_asked = question.concerns(None)
                        && question.asked_at == AskedAt::Registration
                        && question.condition.as_ref().is_none_or(|condition| condition.0.is_met(&answers));
                    let has = answers.contains_key(&question.key);
                    prop_assert!(!has || is_asked, "{} is not asked", question.key);
                    prop_assert!(has || !is_asked || !question.required, "{} is required", question.key);
                }
            }
            Err(issues) => {
                let mut pointers: Vec<&str> = issues.iter().map(|issue| issue.pointer.as_str()).collect();
                pointers.sort_unstable();
                pointers.dedup();
                prop_assert_eq!(pointers.len(), issues.len());
                for pointer in pointers {
                    let key = pointer.strip_prefix("/answers/").unwrap();
                    prop_assert!(given.contains_key(key) || questions.iter().any(|one| one.key == key));
                }
            }
        }
    }

    #[test]
    fn a_change_that_passes_changes_no_other_answer(
        questions in any_questions(),
        first in any_answers(),
        second in any_answers(),
    ) {
        let before = check(&questions, None, &first).unwrap_or_default();
        if let Ok(after) = revise(&questions, None, &before, &second) {
            for (key, answer) in &after {
                if !second.contains_key(key) {
                    prop_assert_eq!(Some(answer), before.get(key));
                }
            }
            prop_assert_eq!(revise(&questions, None, &after, &Answers::new()), Ok(after));
        }
    }
}

#[test]
fn what_was_answered_elsewhere_is_looked_at_by_itself() {
    let at = Timestamp::from_micros(1_000);
    let mut retired = question("size", QuestionKind::OneOf);
    retired.retired_at = Some(Timestamp::from_micros(1_001));
    retired.options.0[0].retired = true;
    let mut gone = question("gone", QuestionKind::Text);
    gone.retired_at = Some(at);
    let questions = [
        question("badge", QuestionKind::Text),
        only_if(question("why", QuestionKind::Text), "badge", json!(["x"])),
        retired,
        gone,
        required(question("name", QuestionKind::Text)),
        question("lunch", QuestionKind::Boolean),
    ];
    let given = json!({ "badge": " 17 ", "why": "so", "size": "a", "gone": "x", "name": "", "lunch": null, "shoe": 1 });
    let (answers, issues) = each(&questions, None, at, &map(given));
    assert_eq!(Value::Object(answers), json!({ "badge": "17", "why": "so", "size": "a", "lunch": null }));
    let issues: Vec<_> = issues.into_iter().map(|issue| (issue.pointer, issue.code)).collect();
    let pairs = [("/answers/gone", "not_asked"), ("/answers/name", "required"), ("/answers/shoe", "unknown_question")];
    assert_eq!(issues, pairs.map(|(pointer, code)| (pointer.to_owned(), code)));
}
