//! The names of one kind, each with the letters that it gives to a CURP. They are put in order once,
//! so that a draw looks only at names with the right initial.

use std::ops::Range;
use std::sync::LazyLock;

use rand::RngExt;

use crate::generate::draw::weighted;
use crate::generate::names::era::Era;
use crate::generate::names::given::{MEN, SECOND_OF_MEN, SECOND_OF_WOMEN, WOMEN};
use crate::generate::names::surnames::SURNAMES;
use crate::model::curp::{NameLetters, Sex, capital, name_letters};

/// The letters of one name that a CURP contains. If no name has all of them, the initial outweighs
/// the vowel, and the vowel outweighs the consonant.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::generate) struct Hints {
    pub initial: Option<char>,
    /// The first vowel after the initial.
    pub vowel: Option<char>,
    /// The first consonant after the initial.
    pub consonant: Option<char>,
}

/// Names of one kind.
pub(in crate::generate) struct Pool {
    /// The names in the order of their initials and consonants.
    names: Vec<Name>,
    /// The names of each initial, from A to Z.
    initials: [Range<usize>; 26],
    /// The sums of the weights up to each name.
    sums: Vec<u32>,
}

struct Name {
    text: &'static str,
    letters: NameLetters,
    era: Era,
    weight: u32,
}

static SURNAME_POOL: LazyLock<Pool> = LazyLock::new(|| {
    Pool::new(SURNAMES.iter().map(|(weight, names)| (Era::Always, *weight, *names)))
});
static WOMEN_POOL: LazyLock<Pool> = LazyLock::new(|| Pool::new(WOMEN.iter().copied()));
static MEN_POOL: LazyLock<Pool> = LazyLock::new(|| Pool::new(MEN.iter().copied()));
static SECOND_OF_WOMEN_POOL: LazyLock<Pool> =
    LazyLock::new(|| Pool::new(SECOND_OF_WOMEN.iter().copied()));
static SECOND_OF_MEN_POOL: LazyLock<Pool> =
    LazyLock::new(|| Pool::new(SECOND_OF_MEN.iter().copied()));

pub(in crate::generate) fn surnames() -> &'static Pool {
    &SURNAME_POOL
}

/// Returns the given names of a sex.
pub(super) fn given_names(sex: Sex) -> &'static Pool {
    match sex {
        Sex::Female => &WOMEN_POOL,
        Sex::Male => &MEN_POOL,
    }
}

/// Returns the names that people of a sex have as their second one.
pub(super) fn second_names(sex: Sex) -> &'static Pool {
    match sex {
        Sex::Female => &SECOND_OF_WOMEN_POOL,
        Sex::Male => &SECOND_OF_MEN_POOL,
    }
}

impl Pool {
    fn new(groups: impl Iterator<Item = (Era, u32, &'static [&'static str])>) -> Pool {
        let mut names: Vec<Name> = groups
            .flat_map(|(era, weight, texts)| texts.iter().map(move |text| (era, weight, *text)))
            .map(|(era, weight, text)| Name { text, letters: name_letters(text), era, weight })
            .collect();
        names.sort_by_key(|name| (name.letters.initial, name.letters.consonant));
        let initials = std::array::from_fn(|place| {
            let letter = char::from(b'A' + place as u8);
            names.partition_point(|name| name.letters.initial < letter)
                ..names.partition_point(|name| name.letters.initial <= letter)
        });
        let sums = names.iter().scan(0, |sum, name| {
            *sum += name.weight;
            Some(*sum)
        });
        Pool { sums: sums.collect(), names, initials }
    }

    /// Draws one of all names by its weight, whatever its years.
    pub(in crate::generate) fn draw_any(
        &self,
        generator: &mut (impl RngExt + ?Sized),
    ) -> &'static str {
        let total = *self.sums.last().expect("no pool is empty");
        let draw = generator.random_range(0..total);
        self.names[self.sums.partition_point(|sum| *sum <= draw)].text
    }

    /// Draws one of the names that fit the hints best, by how usual it is for somebody born in a
    /// year.
    pub(in crate::generate) fn draw(
        &self,
        generator: &mut (impl RngExt + ?Sized),
        hints: Hints,
        year: i32,
        is_allowed: impl Fn(&str) -> bool,
    ) -> &'static str {
        let candidates = self.candidates(hints, &is_allowed);
        let names = || candidates.iter().filter(|name| is_allowed(name.text));
        let best = names().map(|name| hints.followed_by(name.letters)).max();
        let fitting = || names().filter(|name| Some(hints.followed_by(name.letters)) == best);
        let place = weighted(generator, fitting().map(|name| name.weight_in(year)));
        fitting().nth(place).expect("the place is that of a weight").text
    }

    /// Returns the few names with the initial and the consonant, if one of them is allowed and has
    /// the vowel as well; else all with the initial, or all there are.
    fn candidates(&self, hints: Hints, is_allowed: impl Fn(&str) -> bool) -> &[Name] {
        let with_initial = self.with_initial(hints.initial);
        let is_letter = hints.initial.is_some_and(|letter| letter.is_ascii_uppercase());
        let Some(consonant) = hints.consonant.filter(|_| is_letter) else { return with_initial };
        let start = with_initial.partition_point(|name| name.letters.consonant < consonant);
        let end = with_initial.partition_point(|name| name.letters.consonant <= consonant);
        let with_both = &with_initial[start..end];
        let has_vowel = |name: &Name| hints.vowel.is_none_or(|vowel| name.letters.vowel == vowel);
        let is_fit = with_both.iter().any(|name| has_vowel(name) && is_allowed(name.text));
        if is_fit { with_both } else { with_initial }
    }

    /// Tells whether a name in capitals is one of these.
    pub(in crate::generate) fn has(&self, capitals: &str) -> bool {
        let is_it = |name: &Name| name.text.chars().map(capital).eq(capitals.chars());
        self.with_initial(capitals.chars().next()).iter().any(is_it)
    }

    /// Returns the names with an initial. Without one, or with one that is no letter, these are all.
    fn with_initial(&self, initial: Option<char>) -> &[Name] {
        let place = |letter: char| usize::from(letter as u8 - b'A');
        let initial = initial.filter(char::is_ascii_uppercase);
        initial.map_or(&self.names, |letter| &self.names[self.initials[place(letter)].clone()])
    }
}

impl Name {
    /// Returns how usual the name is for somebody born in a year. It is never 0.
    fn weight_in(&self, year: i32) -> u32 {
        self.weight * self.era.percent(year)
    }
}

impl Hints {
    fn followed_by(self, letters: NameLetters) -> u8 {
        let followed = |hint: Option<char>, letter| u8::from(hint == Some(letter));
        2 * followed(self.vowel, letters.vowel) + followed(self.consonant, letters.consonant)
    }
}

#[cfg(test)]
mod tests {
    use super::{Era, Hints, Pool, given_names, second_names, surnames};
    use crate::model::curp::Sex;
    use crate::seed::Seed;

    #[test]
    fn every_letter_of_the_alphabet_begins_a_surname_and_a_given_name_of_each_sex() {
        let (women, men) = (given_names(Sex::Female), given_names(Sex::Male));
        for (kind, pool) in [("surname", surnames()), ("woman", women), ("man", men)] {
            for (place, range) in pool.initials.iter().enumerate() {
                assert!(range.len() > 1, "{kind}: {}", char::from(b'A' + place as u8));
            }
        }
    }

    #[test]
    fn no_name_stands_in_a_table_twice() {
        let given = [Sex::Female, Sex::Male].map(|sex| [given_names(sex), second_names(sex)]);
        for pool in given.into_iter().flatten().chain([surnames()]) {
            let mut texts: Vec<&str> = pool.names.iter().map(|name| name.text).collect();
            texts.sort_unstable();
            let twice: Vec<&&str> =
                texts.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| &pair[0]).collect();
            assert!(twice.is_empty(), "{twice:?}");
        }
    }

    #[test]
    fn a_name_follows_the_hints() {
        let mut generator = Seed::new(1).generator();
        let hints = |initial, vowel, consonant| Hints {
            initial: Some(initial),
            vowel: Some(vowel),
            consonant: Some(consonant),
        };
        let draw =
            |pool: &Pool, hints, generator: &mut _| pool.draw(generator, hints, 1980, |_| true);
        for _ in 0..50 {
            let surname = draw(surnames(), hints('L', 'O', 'P'), &mut generator);
            assert_eq!(surname, "López");
            let cruz = draw(surnames(), hints('C', 'U', 'R'), &mut generator);
            assert!(["Cruz", "De la Cruz", "Curiel"].contains(&cruz), "{cruz}");
            // No name has Q, I and Z; the vowel counts for more.
            let nearest = draw(surnames(), hints('Q', 'I', 'Z'), &mut generator);
            assert!(nearest.starts_with('Q'), "{nearest}");
        }
    }

    /// Counts the draws of a thousand that have an era, for a year of birth.
    fn draws_of(era: Era, sex: Sex, year: i32) -> usize {
        let (pool, mut generator) = (given_names(sex), Seed::new(5).generator());
        let mut draw = || pool.draw(&mut generator, Hints::default(), year, |_| true);
        let has_era =
            |text: &str| pool.names.iter().any(|name| name.text == text && name.era == era);
        (0..1000).filter(|_| has_era(draw())).count()
    }

    #[test]
    fn names_are_those_of_the_years_of_birth() {
        for sex in [Sex::Female, Sex::Male] {
            for (era, year, draws) in [
                (Era::Old, 1940, 100..600),
                (Era::Old, 2005, 0..20),
                (Era::Middle, 1935, 0..20),
                (Era::Middle, 1985, 50..500),
                (Era::New, 1960, 0..20),
                (Era::New, 2005, 80..700),
            ] {
                let drawn = draws_of(era, sex, year);
                assert!(draws.contains(&drawn), "{era:?} {sex:?} {year}: {drawn}");
            }
        }
    }
}
