//! Given names of Mexico, by sex and by the years in which parents chose them. INEGI's statistics of
//! births and the civil registry publish rankings by decade; the groups follow those, roughly.

use crate::generate::names::era::Era;

/// Groups of given names of women: the years, the weight of each name, the names.
#[rustfmt::skip]
pub(super) const WOMEN: &[(Era, u32, &[&str])] = &[
    (Era::Always, 40, &["María", "Ana", "Guadalupe", "Laura", "Patricia", "Verónica", "Elizabeth"]),
    (Era::Always, 25, &[
        "Adriana", "Alejandra", "Alicia", "Andrea", "Angélica", "Araceli", "Beatriz", "Carolina",
        "Claudia", "Cristina", "Diana", "Elena", "Gabriela", "Gloria", "Isabel", "Karina", "Leticia",
        "Lorena", "Lucía", "Mariana", "Martha", "Mónica", "Norma", "Rosa", "Sandra", "Silvia",
        "Teresa", "Victoria", "Yolanda",
    ]),
    (Era::Always, 8, &[
        "Alma", "Amalia", "Aurora", "Bárbara", "Berenice", "Bertha", "Blanca", "Catalina", "Cecilia",
        "Clara", "Delia", "Edith", "Elisa", "Elsa", "Emma", "Esther", "Eugenia", "Eva", "Fátima",
        "Flor", "Georgina", "Gisela", "Hilda", "Iliana", "Inés", "Irene", "Iris", "Jacqueline",
        "Juana", "Judith", "Julia", "Juliana", "Leonor", "Lidia", "Liliana", "Linda", "Lizbeth",
        "Lourdes", "Luisa", "Luz", "Magdalena", "Maribel", "Maricela", "Marina", "Marisol", "Miriam",
        "Nora", "Olga", "Olivia", "Paloma", "Perla", "Pilar", "Raquel", "Rebeca", "Rocío", "Rosario",
        "Ruth", "Sara", "Silvana", "Soledad", "Sonia", "Susana", "Tania", "Violeta", "Viviana",
    ]),
    (Era::Old, 20, &[
        "Amparo", "Aurelia", "Carmen", "Concepción", "Consuelo", "Dolores", "Elvira", "Ernestina",
        "Esperanza", "Estela", "Francisca", "Graciela", "Gregoria", "Guillermina", "Hortensia",
        "Irma", "Josefina", "Lilia", "Manuela", "Margarita", "Micaela", "Ofelia", "Petra",
        "Ramona", "Refugio", "Rosalía", "Socorro", "Trinidad", "Virginia",
    ]),
    (Era::Old, 6, &[
        "Antonia", "Apolonia", "Bernarda", "Candelaria", "Celia", "Cirila", "Domitila", "Eloísa",
        "Emilia", "Enedina", "Eulalia", "Felipa", "Fidelia", "Herlinda", "Herminia", "Ignacia",
        "Jovita", "Leonila", "Mercedes", "Natividad", "Obdulia", "Otilia", "Paula", "Quirina",
        "Raymunda", "Rufina", "Sabina", "Tomasa", "Úrsula", "Ventura", "Wenceslaa", "Zeferina",
        "Zoila",
    ]),
    (Era::Middle, 20, &[
        "Brenda", "Erika", "Fabiola", "Fernanda", "Ivonne", "Jazmín", "Jessica", "Karla", "Maricruz",
        "Nancy", "Nayeli", "Paola", "Rosalba", "Roxana", "Selene", "Viridiana", "Wendy", "Xóchitl",
        "Yadira", "Yesenia", "Yuridia", "Zaira", "Zulema",
    ]),
    (Era::Middle, 6, &[
        "Abigail", "Anabel", "Bianca", "Citlali", "Dulce", "Evelyn", "Gladys", "Griselda", "Ingrid",
        "Itzel", "Janet", "Kenia", "Lizeth", "Marlene", "Nadia", "Noemí", "Quetzalli", "Samantha",
        "Thalía", "Vanessa", "Yazmín", "Zayra",
    ]),
    (Era::New, 20, &[
        "Camila", "Daniela", "Estefanía", "Jimena", "Melissa", "Natalia", "Paulina", "Regina",
        "Renata", "Romina", "Sofía", "Valentina", "Valeria", "Ximena", "Yaretzi", "Zoe",
    ]),
    (Era::New, 6, &[
        "Aitana", "Alondra", "Aranza", "Ariadna", "Danna", "Emily", "Frida", "Galilea", "Hannah",
        "Isabella", "Kimberly", "Leilani", "Luna", "Montserrat", "Nicole", "Oriana", "Quetzali",
        "Sherlyn", "Tamara", "Uma", "Vania", "Yamileth",
    ]),
];

/// Groups of given names of men.
#[rustfmt::skip]
pub(super) const MEN: &[(Era, u32, &[&str])] = &[
    (Era::Always, 40, &[
        "José", "Juan", "Luis", "Carlos", "Jesús", "Miguel", "Francisco", "Jorge", "Alejandro",
    ]),
    (Era::Always, 25, &[
        "Alberto", "Alfredo", "Antonio", "Armando", "Arturo", "Daniel", "David", "Eduardo",
        "Enrique", "Fernando", "Gerardo", "Guillermo", "Héctor", "Javier", "Manuel", "Marco", "Mario",
        "Martín", "Óscar", "Pedro", "Rafael", "Raúl", "Ricardo", "Roberto", "Rubén", "Salvador",
        "Sergio", "Víctor",
    ]),
    (Era::Always, 8, &[
        "Abel", "Abraham", "Adolfo", "Adrián", "Agustín", "Alfonso", "Álvaro", "Andrés",
        "Ángel", "Benjamín", "Bernardo", "Camilo", "César", "Cristóbal", "Domingo",
        "Efraín", "Elías", "Emilio", "Ernesto", "Esteban", "Eugenio", "Federico",
        "Felipe", "Félix", "Gabriel", "Germán", "Gilberto", "Gonzalo", "Gregorio", "Gustavo",
        "Hugo", "Humberto", "Ignacio", "Isaac", "Isidro", "Ismael", "Jaime",
        "Joaquín", "Joel", "Julio", "Leonardo", "Lorenzo", "Lucio", "Marcos", "Mauricio",
        "Moisés", "Nicolás", "Noé", "Octavio", "Pablo", "Ramón", "René", "Rodolfo",
        "Rodrigo", "Rogelio", "Samuel", "Santiago", "Saúl", "Simón", "Tomás", "Vicente",
        "Zacarías",
    ]),
    (Era::Old, 12, &[
        "Aurelio", "Benito", "Bonifacio", "Candelario", "Cirilo", "Eleuterio", "Epifanio", "Evaristo",
        "Faustino", "Fidel", "Filiberto", "Florencio", "Gumersindo", "Heriberto", "Hilario",
        "Jacinto", "Leopoldo", "Librado", "Macario", "Maximino", "Melquiades", "Nabor", "Norberto",
        "Odilón", "Pascual", "Porfirio", "Quirino", "Refugio", "Reynaldo", "Rosendo", "Silvestre",
        "Teodoro", "Trinidad", "Ubaldo", "Valentín", "Wenceslao", "Zeferino", "Zenón",
    ]),
    (Era::Middle, 15, &[
        "Alan", "Christian", "Édgar", "Edwin", "Emmanuel", "Erick", "Fabián", "Irving", "Israel", "Iván",
        "Josué", "Omar", "Ulises", "Uriel", "Wilfrido", "Xavier", "Yair",
    ]),
    (Era::New, 20, &[
        "Axel", "Bruno", "Diego", "Emiliano", "Iker", "Kevin", "Leonel", "Mateo", "Matías", "Maximiliano",
        "Sebastián", "Tadeo", "Yahir", "Zaid",
    ]),
    (Era::New, 8, &[
        "Aldo", "Brandon", "Brayan", "Dante", "Dylan", "Eder", "Elian", "Gael", "Giovanni", "Ian",
        "Jonathan", "Karim", "Liam", "Nahúm", "Orlando", "Paulo", "Quetzal", "Santino", "Thiago",
        "Uziel", "Wilber", "Ximén", "Xicoténcatl", "Yael", "Yosef",
    ]),
];

/// Groups of the names that women have as their second one.
#[rustfmt::skip]
pub(super) const SECOND_OF_WOMEN: &[(Era, u32, &[&str])] = &[
    (Era::Always, 30, &["Guadalupe", "Isabel", "Elena"]),
    (Era::Always, 10, &[
        "Alejandra", "Patricia", "Lucía", "Beatriz", "Margarita", "Cristina", "Gabriela", "Verónica",
        "Elizabeth", "Leticia", "Adriana", "Angélica", "Esther", "Araceli", "Victoria", "Laura",
        "Luisa", "Teresa", "Rosa", "Alicia",
    ]),
    (Era::Middle, 12, &[
        "Berenice", "Karina", "Yaneth", "Edith", "Lizbeth", "Ivette", "Rocío", "Paola", "Nayeli",
    ]),
    (Era::New, 14, &["Fernanda", "Daniela", "Mariana", "Sofía", "Valentina", "Ximena", "Paulina"]),
];

/// Groups of the names that men have as their second one.
#[rustfmt::skip]
pub(super) const SECOND_OF_MEN: &[(Era, u32, &[&str])] = &[
    (Era::Always, 30, &["Antonio", "Manuel", "Luis", "Alberto"]),
    (Era::Always, 10, &[
        "Ángel", "Carlos", "Alejandro", "Eduardo", "Jesús", "Javier", "Enrique", "Arturo", "Fernando",
        "Guadalupe", "Armando", "Ramón", "Alfonso", "Ricardo", "Rafael", "Gabriel", "Martín",
        "Alfredo", "Roberto",
    ]),
    (Era::Middle, 12, &["Iván", "Daniel", "Adrián", "Omar", "David", "Emmanuel", "Israel"]),
    (Era::New, 14, &["Emiliano", "Alonso", "Gael", "Mateo", "Alexander", "Sebastián"]),
];
