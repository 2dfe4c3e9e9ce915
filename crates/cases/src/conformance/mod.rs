//! The suite that every store of cases passes.
//!
//! A back-end's tests call [`conformance!`](crate::conformance!) with an
//! expression that gives a fresh, empty store and a function that waits for a
//! future; each test of the suite becomes a `#[test]` of its own.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "tests fail by panicking"
)]

mod agreement;
mod calls;
mod cases;
mod desk;
mod dossiers;
mod erasure;
mod figures;
mod files;
mod finding;
mod pairs;
mod random;
pub mod sample;
pub mod views;
pub mod whistles;

pub use agreement::whatever_is_asked_it_answers_as_the_record_in_memory_does;
pub use calls::{
    a_case_changed_by_many_at_once_is_changed_by_one,
    a_change_for_another_version_is_refused_with_the_current_one,
    a_key_used_for_another_call_is_refused, a_source_comes_in_once,
    the_same_call_twice_is_told_what_it_did, what_is_refused_leaves_nothing_behind,
};
pub use cases::{
    a_case_of_every_sort_of_event_reads_back_as_it_was_written,
    a_case_that_is_not_there_is_not_found, a_history_can_be_written_as_one_change,
    a_number_is_not_given_twice, the_longest_texts_fit, times_before_1970_and_far_ahead_are_kept,
    words_in_any_script_read_back_as_they_were_said,
};
pub use desk::{BlockOn, Desk};
pub use dossiers::{
    a_case_and_the_dossier_it_comes_of_are_written_together,
    a_dossier_of_every_kind_reads_back_as_it_was_written,
    a_dossier_that_moved_on_is_not_overwritten, a_person_speaks_once_in_each_vote,
    a_step_made_twice_is_told_what_it_did, dossiers_are_found_by_what_they_are_about,
    weeks_and_patterns_count_complaints, what_is_erased_of_a_dossier_is_gone,
};
pub use erasure::{
    an_erased_call_is_not_repeated, an_erasure_names_only_what_its_own_case_has_sealed,
    what_is_erased_is_found_nowhere, what_is_erased_leaves_a_trace,
};
pub use figures::{
    a_change_counts_at_once, whatever_figures_are_asked_for_they_are_those_counted_turn_by_turn,
};
pub use files::{
    a_file_is_read_by_the_entry_that_attached_it, an_erased_file_is_gone_and_others_stay,
};
pub use finding::{
    a_case_number_finds_its_case, a_follow_code_belongs_to_one_case, a_tile_gathers_cases_in_marks,
    counts_tell_late_from_soon, each_filter_finds_what_it_names,
    pages_follow_each_other_without_gap_or_repeat,
    provisional_deadlines_are_found_until_they_are_settled, strange_limits_and_starts_do_no_harm,
    text_is_found_in_words_and_address_in_small_or_capital_letters,
};

pub use pairs::{
    two_cases_change_together_or_not_at_all, whoever_joins_is_found_by_a_code_that_is_no_others,
};

/// Makes a `#[test]` of every test of the suite: `conformance!(fresh, wait)`,
/// where the expression `fresh` gives something that dereferences to an empty
/// store, and the function `wait` waits for a future.
#[macro_export]
macro_rules! conformance {
    ($fresh:expr, $wait:expr) => {
        $crate::conformance! { @each $fresh, $wait;
            a_case_and_the_dossier_it_comes_of_are_written_together
            a_case_changed_by_many_at_once_is_changed_by_one
            a_case_number_finds_its_case
            a_case_of_every_sort_of_event_reads_back_as_it_was_written
            a_case_that_is_not_there_is_not_found
            a_dossier_of_every_kind_reads_back_as_it_was_written
            a_dossier_that_moved_on_is_not_overwritten
            a_person_speaks_once_in_each_vote
            a_step_made_twice_is_told_what_it_did
            dossiers_are_found_by_what_they_are_about
            weeks_and_patterns_count_complaints
            what_is_erased_of_a_dossier_is_gone
            a_change_for_another_version_is_refused_with_the_current_one
            a_file_is_read_by_the_entry_that_attached_it
            a_follow_code_belongs_to_one_case
            a_history_can_be_written_as_one_change
            a_key_used_for_another_call_is_refused
            a_number_is_not_given_twice
            a_source_comes_in_once
            a_tile_gathers_cases_in_marks
            an_erased_call_is_not_repeated
            an_erased_file_is_gone_and_others_stay
            an_erasure_names_only_what_its_own_case_has_sealed
            counts_tell_late_from_soon
            each_filter_finds_what_it_names
            pages_follow_each_other_without_gap_or_repeat
            provisional_deadlines_are_found_until_they_are_settled
            strange_limits_and_starts_do_no_harm
            text_is_found_in_words_and_address_in_small_or_capital_letters
            the_longest_texts_fit
            the_same_call_twice_is_told_what_it_did
            times_before_1970_and_far_ahead_are_kept
            two_cases_change_together_or_not_at_all
            what_is_erased_is_found_nowhere
            what_is_erased_leaves_a_trace
            what_is_refused_leaves_nothing_behind
            whatever_is_asked_it_answers_as_the_record_in_memory_does
            whoever_joins_is_found_by_a_code_that_is_no_others
            words_in_any_script_read_back_as_they_were_said
        }
    };
    (@each $fresh:expr, $wait:expr; $($name:ident)*) => {$(
        #[test]
        fn $name() {
            let fresh = $fresh;
            let wait: $crate::conformance::BlockOn = |future| $wait(future);
            $crate::conformance::$name(&$crate::conformance::Desk::new(&*fresh, wait));
        }
    )*};
}

/// Makes a `#[test]` of each test of what counts figures, as
/// [`conformance!`](crate::conformance!) does of each test of a store.
#[macro_export]
macro_rules! figure_conformance {
    ($fresh:expr, $wait:expr) => {
        $crate::conformance! { @each $fresh, $wait;
            a_change_counts_at_once
            whatever_figures_are_asked_for_they_are_those_counted_turn_by_turn
        }
    };
}
