//! A finding: something that is wrong in a scenario file, its place, and the fix.

use std::ops::Range;
#[cfg(test)]
use std::panic::Location;

use serde::Serialize;

/// A finding either stops the start or is a line in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Severity {
    Error,
    Warning,
}

/// Defines the checks: each has a name that does not change, and a severity.
macro_rules! checks {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal $severity:ident;)+) => {
        /// The checks of scenario files.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Check {
            $($(#[doc = $doc])+ $variant),+
        }

        impl Check {
            /// The name of the check, which does not change.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Check::$variant => $name),+ }
            }

            pub(crate) fn severity(self) -> Severity {
                match self { $(Check::$variant => Severity::$severity),+ }
            }
        }
    };
}

checks! {
    /// The text is not JSON.
    Syntax = "syntax" Error;
    /// A key stands twice in one object.
    DuplicateKey = "duplicate_key" Error;
    /// The format has no such key at this place.
    UnknownKey = "unknown_key" Error;
    /// A key that must be there is missing.
    MissingKey = "missing_key" Error;
    /// A value has another type than its key takes.
    WrongType = "wrong_type" Error;
    /// A word is none of those that can stand here.
    UnknownValue = "unknown_value" Error;
    /// A text has another form than its key takes, such as a date that does not exist.
    WrongForm = "wrong_form" Error;
    /// A number or a list is too small or too large.
    OutOfBounds = "out_of_bounds" Error;
    /// A text is not a regular expression.
    NotARegex = "not_a_regex" Error;
    /// A value that its key does not take for another reason.
    RefusedValue = "refused_value" Error;
    /// Two files of one folder have the same name.
    DuplicateName = "duplicate_name" Error;
    /// Another scenario claims the CURP.
    ClaimedCurp = "claimed_curp" Error;
    /// `takes_reserved_curp` takes nothing.
    TakesNothing = "takes_nothing" Error;
    /// The scenario answers no login, because another one always wins or its rule never holds.
    NeverAnswers = "never_answers" Warning;
    /// A step changes nothing.
    VoidStep = "void_step" Error;
    /// A webhook announces records that do not exist yet.
    WebhookBeforeLoad = "webhook_before_load" Warning;
    /// No step loads the records.
    NeverLoaded = "never_loaded" Warning;
    /// A step is due after all that an emulator plans.
    LateStep = "late_step" Warning;
    /// No document of Belvo has the code.
    UnknownCode = "unknown_code" Warning;
    /// Belvo answers the code to other calls, and not to a login.
    CodeOfOtherCalls = "code_of_other_calls" Warning;
    /// Belvo answers the code with another status.
    StatusOfCode = "status_of_code" Warning;
    /// The CURP can be that of a person.
    CurpOfAPerson = "curp_of_a_person" Warning;
    /// The record has another CURP than `when`.
    OtherCurp = "other_curp" Warning;
    /// The CURP gives another date of birth, or none.
    BirthDate = "birth_date" Warning;
    /// The CURP gives no sex.
    Sex = "sex" Warning;
    /// The NSS has a wrong form or check digit.
    Nss = "nss" Warning;
    /// The RFC does not begin as the CURP does.
    Rfc = "rfc" Warning;
    /// A spell ends before it starts.
    EndsBeforeStart = "ends_before_start" Error;
    /// A spell starts after the day of the check.
    StartsInTheFuture = "starts_in_the_future" Warning;
    /// Two spells at one employer overlap.
    OverlappingSpells = "overlapping_spells" Warning;
    /// The spells, or the updates of one, are not sorted by their dates.
    NotSorted = "not_sorted" Warning;
    /// An update is dated outside of its spell.
    UpdateOutsideSpell = "update_outside_spell" Warning;
    /// A figure does not follow from those that it is made of.
    DoesNotAddUp = "does_not_add_up" Warning;
    /// A spell has no salary, and no update that has one.
    NoSalary = "no_salary" Error;
    /// An amount or a number of weeks is below zero.
    Negative = "negative" Error;
    /// An amount is in another currency than pesos.
    Currency = "currency" Warning;
    /// No state of Mexico has the name.
    UnknownState = "unknown_state" Warning;
    /// The status says another thing than the spells.
    StatusOfSpells = "status_of_spells" Warning;
}

/// A range of bytes in a file. Files are numbered in the order in which they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub file: usize,
    pub range: Range<usize>,
}

/// A text that mends a finding: it replaces the range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fix {
    pub range: Range<usize>,
    pub text: String,
}

/// Something that is wrong in a scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub check: Check,
    pub place: Place,
    /// A sentence for the person who wrote the file.
    pub message: String,
    /// Other places that the message speaks of, each with a label.
    pub related: Vec<(Place, String)>,
    /// A sentence that says what to do.
    pub help: Option<String>,
    pub fix: Option<Fix>,
    /// The rule, for the test that each rule is met by a mistake.
    #[cfg(test)]
    pub rule: &'static Location<'static>,
}

impl Finding {
    pub(crate) fn help(&mut self, sentence: impl Into<String>) -> &mut Finding {
        self.help = Some(sentence.into());
        self
    }

    /// Replaces the place of the finding, or another range of the file, by a text.
    pub(crate) fn fix(&mut self, range: Range<usize>, text: impl Into<String>) -> &mut Finding {
        self.fix = Some(Fix { range, text: text.into() });
        self
    }

    pub(crate) fn related(&mut self, place: Place, label: impl Into<String>) -> &mut Finding {
        self.related.push((place, label.into()));
        self
    }
}

/// The largest number of findings of one file. The rest would be noise.
pub(crate) const MOST_FINDINGS: usize = 100;

/// Collects the findings of one file.
#[derive(Debug)]
pub(crate) struct Findings {
    file: usize,
    found: Vec<Finding>,
    /// The finding that does not fit any more is written here.
    overflow: Option<Finding>,
}

impl Findings {
    pub(crate) fn of(file: usize) -> Findings {
        Findings { file, found: Vec::new(), overflow: None }
    }

    /// Adds a finding. The builder methods of the result say more about it.
    #[cfg_attr(test, track_caller)]
    pub(crate) fn add(
        &mut self,
        check: Check,
        range: Range<usize>,
        message: impl Into<String>,
    ) -> &mut Finding {
        let finding = Finding {
            check,
            place: self.place(range),
            message: message.into(),
            related: Vec::new(),
            help: None,
            fix: None,
            #[cfg(test)]
            rule: Location::caller(),
        };
        if self.is_full() {
            return self.overflow.insert(finding);
        }
        self.found.push(finding);
        self.found.last_mut().expect("a finding was just added")
    }

    pub(crate) fn place(&self, range: Range<usize>) -> Place {
        Place { file: self.file, range }
    }

    /// Tells that there are as many findings as are shown. Nobody needs to look for more.
    pub(crate) fn is_full(&self) -> bool {
        self.found.len() >= MOST_FINDINGS
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.found.iter().any(|finding| finding.check.severity() == Severity::Error)
    }

    /// Returns the findings in the order of the file.
    pub(crate) fn finish(mut self) -> (Vec<Finding>, bool) {
        self.found.sort_by_key(|finding| finding.place.range.start);
        (self.found, self.overflow.is_some())
    }
}
