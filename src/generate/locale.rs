//! Mexican Spanish for the `fake` crate, which has no Spanish locale: names that fit a CURP's
//! letters, companies, and the states as IMSS writes them.

use fake::locales::Data;
use fake::{Dummy, RngExt};
use rand::seq::IndexedRandom;

use crate::model::curp::Sex;

/// The locale of Mexican Spanish.
#[derive(Clone, Copy, Debug)]
pub(super) struct EsMx;

impl Data for EsMx {
    const NAME_LAST_NAME: &'static [&'static str] = SURNAMES;
    const COMPANY_SUFFIX: &'static [&'static str] = &[
        "SA de CV",
        "S de RL de CV",
        "SAPI de CV",
        "SC",
        "y Asociados SC",
        "Hermanos SA de CV",
        "e Hijos SA de CV",
    ];
    const COMPANY_NAME_TPLS: &'static [&'static str] = &[
        "Grupo {Name_1} {Suffix}",
        "{Name_1} y {Name_2} {Suffix}",
        "Comercializadora {Name_1} {Suffix}",
        "Transportes {Name_1} {Suffix}",
        "Servicios Administrativos {Name_1} {Suffix}",
        "Manufacturas {Name_1} {Suffix}",
        "Constructora {Name_1} {Suffix}",
        "Abarrotes {Name_1} {Suffix}",
        "Restaurantes {Name_1} {Suffix}",
        "Tecnologías {Name_1} {Suffix}",
        "Laboratorios {Name_1} {Suffix}",
        "Empacadora {Name_1} {Suffix}",
    ];
}

/// The letters of one name that a CURP contains. If no name has all of them, the last ones are
/// ignored.
#[derive(Clone, Copy, Debug)]
pub struct Hints {
    pub initial: Option<char>,
    /// The first vowel after the initial.
    pub vowel: Option<char>,
    /// The first consonant after the initial.
    pub consonant: Option<char>,
}

/// A generator of surnames that fit the hints.
pub struct Surname(pub Hints);

/// A generator of given names of a sex that fit the hints.
pub struct GivenName(pub Sex, pub Hints);

impl Dummy<Surname> for &'static str {
    fn dummy_with_rng<R: RngExt + ?Sized>(surname: &Surname, generator: &mut R) -> Self {
        surname.0.choose(EsMx::NAME_LAST_NAME, generator)
    }
}

impl Dummy<GivenName> for &'static str {
    fn dummy_with_rng<R: RngExt + ?Sized>(name: &GivenName, generator: &mut R) -> Self {
        let pool = match name.0 {
            Sex::Female => WOMEN,
            Sex::Male => MEN,
        };
        name.1.choose(pool, generator)
    }
}

impl Hints {
    fn choose<R: RngExt + ?Sized>(
        self,
        pool: &'static [&'static str],
        generator: &mut R,
    ) -> &'static str {
        let best = pool.iter().map(|name| self.hints_followed_by(name)).max();
        let fitting: Vec<&str> = pool
            .iter()
            .copied()
            .filter(|name| Some(self.hints_followed_by(name)) == best)
            .collect();
        fitting.choose(generator).expect("no pool of names is empty")
    }

    /// Counts the hints that a name fits. The initial outweighs the vowel, and the vowel outweighs
    /// the consonant.
    fn hints_followed_by(self, name: &str) -> u8 {
        let inner = || name.chars().skip(1).map(plain).filter(char::is_ascii_alphabetic);
        let initial = name.chars().next().map(plain);
        let (vowel, consonant) = (inner().find(is_vowel), inner().find(|c| !is_vowel(c)));
        let followed = |hint: Option<char>, letter| u8::from(hint.is_some() && hint == letter);
        4 * followed(self.initial, initial)
            + 2 * followed(self.vowel, vowel)
            + followed(self.consonant, consonant)
    }
}

fn is_vowel(letter: &char) -> bool {
    "AEIOU".contains(*letter)
}

/// Returns the letter as a CURP writes it: upper case, without an accent, X for Ñ.
fn plain(letter: char) -> char {
    match letter {
        'á' | 'Á' => 'A',
        'é' | 'É' => 'E',
        'í' | 'Í' => 'I',
        'ó' | 'Ó' => 'O',
        'ú' | 'ü' | 'Ú' => 'U',
        'ñ' | 'Ñ' => 'X',
        other => other.to_ascii_uppercase(),
    }
}

/// Returns the state for the two letters that a CURP has for it, as IMSS writes it.
pub(super) fn state_name(code: &str) -> Option<&'static str> {
    STATES.iter().find(|(letters, _)| *letters == code).map(|(_, name)| *name)
}

/// The states of the republic.
pub(super) const STATES: &[(&str, &str)] = &[
    ("AS", "AGUASCALIENTES"),
    ("BC", "BAJA CALIFORNIA"),
    ("BS", "BAJA CALIFORNIA SUR"),
    ("CC", "CAMPECHE"),
    ("CL", "COAHUILA"),
    ("CM", "COLIMA"),
    ("CS", "CHIAPAS"),
    ("CH", "CHIHUAHUA"),
    ("DF", "DISTRITO FEDERAL"),
    ("DG", "DURANGO"),
    ("GT", "GUANAJUATO"),
    ("GR", "GUERRERO"),
    ("HG", "HIDALGO"),
    ("JC", "JALISCO"),
    ("MC", "ESTADO DE MEXICO"),
    ("MN", "MICHOACAN"),
    ("MS", "MORELOS"),
    ("NT", "NAYARIT"),
    ("NL", "NUEVO LEON"),
    ("OC", "OAXACA"),
    ("PL", "PUEBLA"),
    ("QT", "QUERETARO"),
    ("QR", "QUINTANA ROO"),
    ("SP", "SAN LUIS POTOSI"),
    ("SL", "SINALOA"),
    ("SR", "SONORA"),
    ("TC", "TABASCO"),
    ("TS", "TAMAULIPAS"),
    ("TL", "TLAXCALA"),
    ("VZ", "VERACRUZ"),
    ("YN", "YUCATAN"),
    ("ZS", "ZACATECAS"),
];

#[rustfmt::skip]
const SURNAMES: &[&str] = &[
    "Aguilar", "Aguirre", "Acosta", "Alvarado", "Arellano", "Avilés", "Acevedo", "Escamilla",
    "Benítez", "Becerra", "Bautista", "Barrera", "Bravo", "Briseño", "Bolaños", "Bonilla", "Bustos",
    "Bustamante", "Bigurra", "Castillo", "Castro", "Carrillo", "Cabrera", "Cervantes", "Ceballos",
    "Cisneros", "Cifuentes", "Contreras", "Cortés", "Cuevas", "Cruz", "Chávez", "Dávila", "Delgado",
    "Díaz", "Domínguez", "Duarte", "Durán", "Espinoza", "Esparza", "Estrada", "Elizondo", "Enríquez",
    "Echeverría", "Eguía", "Farías", "Fajardo", "Fernández", "Félix", "Figueroa", "Fierro", "Flores",
    "Fuentes", "Galván", "Gallegos", "García", "Garza", "Gil", "Gómez", "González", "Godínez",
    "Guerrero", "Gutiérrez", "Guzmán", "Hernández", "Herrera", "Heredia", "Hidalgo", "Hinojosa",
    "Huerta", "Hurtado", "Hoyos", "Haro", "Ibarra", "Iglesias", "Islas", "Ibáñez", "Iturbide",
    "Ortega", "Jaramillo", "Jasso", "Jiménez", "Juárez", "Jurado", "Jordán", "Kuri", "Kanán", "Karam",
    "Lara", "Landeros", "León", "Ledesma", "Lira", "Linares", "López", "Lozano", "Luna", "Lugo",
    "Maldonado", "Marín", "Márquez", "Martínez", "Medina", "Mejía", "Méndez", "Mireles", "Miranda",
    "Molina", "Montes", "Morales", "Muñoz", "Murillo", "Nava", "Navarro", "Negrete", "Nieto",
    "Noriega", "Novoa", "Núñez", "Ñáñez", "Ochoa", "Ojeda", "Olvera", "Orozco", "Ortiz", "Osorio",
    "Ocampo", "Oviedo", "Pacheco", "Padilla", "Palacios", "Peña", "Peralta", "Pérez", "Pineda",
    "Piña", "Ponce", "Portillo", "Puente", "Pulido", "Quezada", "Quintero", "Quiroz", "Ramírez",
    "Ramos", "Rangel", "Reyes", "Rentería", "Ríos", "Rivera", "Robles", "Rodríguez", "Rojas",
    "Romero", "Rubio", "Ruiz", "Salazar", "Salinas", "Sánchez", "Sandoval", "Santiago", "Serrano",
    "Segura", "Silva", "Sierra", "Solís", "Soto", "Suárez", "Sustaita", "Tapia", "Téllez", "Tejeda",
    "Tirado", "Toledo", "Torres", "Trejo", "Trujillo", "Tovar", "Ulloa", "Uribe", "Urbina",
    "Valadez", "Valdez", "Valencia", "Vargas", "Vázquez", "Vega", "Velasco", "Vera", "Villa",
    "Villalobos", "Villarreal", "Vizcaíno", "Vuelvas", "Wong", "Wilson", "Ximénez", "Xool", "Yáñez",
    "Yépez", "Zamora", "Zapata", "Zárate", "Zavala", "Zepeda", "Zúñiga", "Ziga",
];

#[rustfmt::skip]
const WOMEN: &[&str] = &[
    "Adriana", "Alejandra", "Alicia", "Ana", "Angélica", "Araceli", "Beatriz", "Blanca", "Brenda",
    "Carmen", "Carolina", "Cecilia", "Claudia", "Cristina", "Daniela", "Diana", "Dolores", "Elena",
    "Elisa", "Elizabeth", "Erika", "Esperanza", "Estela", "Fabiola", "Fernanda", "Gabriela",
    "Gloria", "Graciela", "Guadalupe", "Hilda", "Hortensia", "Irma", "Isabel", "Ivonne", "Jazmín",
    "Jessica", "Josefina", "Juana", "Julia", "Karina", "Karla", "Laura", "Leticia", "Lorena",
    "Lucía", "Luz", "Magdalena", "Margarita", "Mariana", "Martha", "Mónica", "Nadia", "Nancy",
    "Natalia", "Norma", "Ofelia", "Olga", "Olivia", "Patricia", "Paola", "Paulina", "Pilar",
    "Quetzalli", "Raquel", "Rebeca", "Rocío", "Rosa", "Sandra", "Silvia", "Sofía", "Susana",
    "Tania", "Teresa", "Tomasa", "Úrsula", "Valeria", "Verónica", "Victoria", "Violeta", "Wendy",
    "Ximena", "Xóchitl", "Yadira", "Yolanda", "Zaira", "Zoila", "Zulema",
];

#[rustfmt::skip]
const MEN: &[&str] = &[
    "Adrián", "Alberto", "Alejandro", "Alfredo", "Ángel", "Antonio", "Arturo", "Benito", "Benjamín",
    "Bernardo", "Bruno", "Carlos", "César", "Cristian", "Daniel", "David", "Diego", "Domingo",
    "Eduardo", "Emilio", "Enrique", "Ernesto", "Esteban", "Fabián", "Felipe", "Fernando",
    "Francisco", "Gabriel", "Gerardo", "Gilberto", "Guillermo", "Gustavo", "Héctor", "Hugo",
    "Humberto", "Ignacio", "Isaac", "Israel", "Iván", "Jaime", "Javier", "Jesús", "Joaquín",
    "Jorge", "Juan", "Julio", "Karim", "Kevin", "Leonardo", "Leopoldo", "Luis", "Manuel", "Marco",
    "Mario", "Martín", "Mauricio", "Miguel", "Moisés", "Nicolás", "Noé", "Norberto", "Octavio",
    "Omar", "Óscar", "Pablo", "Patricio", "Pedro", "Quirino", "Rafael", "Ramón", "Raúl", "Ricardo",
    "Roberto", "Rodrigo", "Rubén", "Salvador", "Samuel", "Santiago", "Saúl", "Sergio", "Tadeo",
    "Teodoro", "Tomás", "Ulises", "Uriel", "Vicente", "Víctor", "Wenceslao", "Wilfrido", "Xavier",
    "Xicoténcatl", "Yahir", "Yosef", "Zacarías", "Zeferino",
];

#[cfg(test)]
mod tests {
    use super::{Hints, MEN, SURNAMES, WOMEN, plain};

    #[test]
    fn every_letter_of_the_alphabet_begins_a_surname_and_a_given_name_of_each_sex() {
        for pool in [SURNAMES, WOMEN, MEN] {
            for letter in 'A'..='Z' {
                let found =
                    pool.iter().any(|name| name.starts_with(|first| plain(first) == letter));
                assert!(found, "no name begins with {letter}");
            }
        }
    }

    #[test]
    fn a_name_follows_the_hints_by_their_weight() {
        let hints = Hints { initial: Some('L'), vowel: Some('O'), consonant: Some('P') };
        for (name, weight) in [("López", 7), ("Lozano", 6), ("Lara", 4), ("Ponce", 2)] {
            assert_eq!(hints.hints_followed_by(name), weight, "{name}");
        }
    }
}
