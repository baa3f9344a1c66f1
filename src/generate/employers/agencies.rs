//! Government bodies through time: the employers of people with ISSSTE. Their names and the years
//! of their changes stand in the decrees of the Diario Oficial de la Federación. A year is a whole
//! one: a body that was made in December begins with the next year.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::generate::draw::{pick, weighted};
use crate::model::state::State;

/// A federal body.
pub(super) struct Agency {
    pub weight: u32,
    pub name: &'static str,
    /// The first and the last year in which it hires.
    pub years: (i32, i32),
    pub units: Units,
}

/// The part of a body that somebody works in: the second name of an employer of ISSSTE.
pub(super) enum Units {
    /// It has central units in the capital, and an office in each state.
    Everywhere(&'static [&'static str]),
    /// It has schools, hospitals or courts in each state.
    Field(&'static [&'static str]),
    /// It is in the capital only.
    Capital(&'static [&'static str]),
}

/// The last year, of bodies that still exist.
const NOW: i32 = 2999;

const fn everywhere(
    weight: u32,
    name: &'static str,
    years: (i32, i32),
    units: &'static [&'static str],
) -> Agency {
    Agency { weight, name, years, units: Units::Everywhere(units) }
}

const fn field(
    weight: u32,
    name: &'static str,
    years: (i32, i32),
    units: &'static [&'static str],
) -> Agency {
    Agency { weight, name, years, units: Units::Field(units) }
}

const fn capital(
    weight: u32,
    name: &'static str,
    years: (i32, i32),
    units: &'static [&'static str],
) -> Agency {
    Agency { weight, name, years, units: Units::Capital(units) }
}

const STAFF: &[&str] = &[
    "DIRECCION GENERAL DE RECURSOS HUMANOS",
    "DIRECCION GENERAL DE RECURSOS MATERIALES Y SERVICIOS GENERALES",
    "DIRECCION GENERAL DE PROGRAMACION Y PRESUPUESTO",
    "DIRECCION GENERAL DE ASUNTOS JURIDICOS",
    "OFICINAS CENTRALES",
];
const HOSPITALS: &[&str] =
    &["HOSPITAL GENERAL", "CLINICA DE MEDICINA FAMILIAR", "HOSPITAL REGIONAL"];
const HEALTH_UNITS: &[&str] = &["HOSPITAL GENERAL", "CENTROS DE SALUD", "JURISDICCION SANITARIA 1"];
/// The federal bodies. The schools were SEP's until they became the states' on 18 May 1992; the health
/// services followed by 1997.
#[rustfmt::skip]
pub(super) static AGENCIES: &[Agency] = &[
    field(60, "SECRETARIA DE EDUCACION PUBLICA", (1921, 1992), &["ESCUELAS PRIMARIAS", "ESCUELAS SECUNDARIAS", "ESCUELAS TECNICAS"]),
    field(14, "SECRETARIA DE EDUCACION PUBLICA", (1993, NOW), &["CENTROS DE BACHILLERATO TECNOLOGICO", "SUBDIRECCION DE ENLACE OPERATIVO"]),
    capital(10, "ADMINISTRACION FEDERAL DE SERVICIOS EDUCATIVOS EN EL DISTRITO FEDERAL", (2005, 2016), &["EDUCACION PRIMARIA", "EDUCACION SECUNDARIA", "EDUCACION ESPECIAL"]),
    capital(10, "AUTORIDAD EDUCATIVA FEDERAL EN LA CIUDAD DE MEXICO", (2017, NOW), &["EDUCACION PRIMARIA", "EDUCACION SECUNDARIA", "EDUCACION ESPECIAL"]),
    everywhere(6, "TECNOLOGICO NACIONAL DE MEXICO", (2015, NOW), STAFF),
    capital(8, "INSTITUTO POLITECNICO NACIONAL", (1936, NOW), &["ESCUELA SUPERIOR DE INGENIERIA MECANICA Y ELECTRICA", "ESCUELA SUPERIOR DE COMERCIO Y ADMINISTRACION", "CENTRO DE ESTUDIOS CIENTIFICOS Y TECNOLOGICOS", "SECRETARIA DE ADMINISTRACION"]),
    capital(3, "COLEGIO DE BACHILLERES", (1974, NOW), &["PLANTEL 2 CIEN METROS", "PLANTEL 5 SATELITE", "OFICINAS GENERALES"]),
    everywhere(4, "COLEGIO NACIONAL DE EDUCACION PROFESIONAL TECNICA", (1979, NOW), STAFF),
    everywhere(4, "INSTITUTO NACIONAL DE ANTROPOLOGIA E HISTORIA", (1940, NOW), &["COORDINACION NACIONAL DE MUSEOS Y EXPOSICIONES", "COORDINACION NACIONAL DE ARQUEOLOGIA", "MUSEO NACIONAL DE ANTROPOLOGIA"]),
    capital(3, "INSTITUTO NACIONAL DE BELLAS ARTES Y LITERATURA", (1947, NOW), &["SUBDIRECCION GENERAL DE EDUCACION E INVESTIGACION ARTISTICAS", "MUSEO NACIONAL DE ARTE", "DIRECCION DE PERSONAL"]),
    capital(3, "CONSEJO NACIONAL PARA LA CULTURA Y LAS ARTES", (1989, 2015), &["DIRECCION GENERAL DE BIBLIOTECAS", "DIRECCION GENERAL DE CULTURAS POPULARES", "DIRECCION GENERAL DE ADMINISTRACION"]),
    capital(3, "SECRETARIA DE CULTURA", (2016, NOW), &["DIRECCION GENERAL DE BIBLIOTECAS", "DIRECCION GENERAL DE ADMINISTRACION", "DIRECCION GENERAL DE PROMOCION Y FESTIVALES CULTURALES"]),
    field(22, "SECRETARIA DE SALUBRIDAD Y ASISTENCIA", (1944, 1984), HOSPITALS),
    field(18, "SECRETARIA DE SALUD", (1985, 1996), HOSPITALS),
    capital(8, "SECRETARIA DE SALUD", (1997, NOW), &["HOSPITAL JUAREZ DE MEXICO", "HOSPITAL GENERAL DE MEXICO", "SERVICIOS DE ATENCION PSIQUIATRICA", "DIRECCION GENERAL DE RECURSOS HUMANOS Y ORGANIZACION"]),
    field(18, "INSTITUTO DE SEGURIDAD Y SERVICIOS SOCIALES DE LOS TRABAJADORES DEL ESTADO", (1960, NOW), HOSPITALS),
    everywhere(3, "SISTEMA NACIONAL PARA EL DESARROLLO INTEGRAL DE LA FAMILIA", (1977, NOW), STAFF),
    everywhere(5, "SECRETARIA DE HACIENDA Y CREDITO PUBLICO", (1853, NOW), STAFF),
    everywhere(8, "SERVICIO DE ADMINISTRACION TRIBUTARIA", (1998, NOW), &["ADMINISTRACION GENERAL DE RECAUDACION", "ADMINISTRACION GENERAL DE AUDITORIA FISCAL FEDERAL", "ADMINISTRACION GENERAL DE SERVICIOS AL CONTRIBUYENTE"]),
    capital(4, "SECRETARIA DE PROGRAMACION Y PRESUPUESTO", (1977, 1991), STAFF),
    everywhere(4, "INSTITUTO NACIONAL DE ESTADISTICA GEOGRAFIA E INFORMATICA", (1983, 2007), &["DIRECCION GENERAL DE ESTADISTICA", "DIRECCION GENERAL DE GEOGRAFIA"]),
    everywhere(4, "INSTITUTO NACIONAL DE ESTADISTICA Y GEOGRAFIA", (2008, NOW), &["DIRECCION GENERAL DE ESTADISTICAS ECONOMICAS", "DIRECCION GENERAL DE ADMINISTRACION"]),
    everywhere(4, "SECRETARIA DE DESARROLLO URBANO Y ECOLOGIA", (1983, 1991), STAFF),
    everywhere(5, "SECRETARIA DE DESARROLLO SOCIAL", (1993, 2018), STAFF),
    everywhere(5, "SECRETARIA DE BIENESTAR", (2019, NOW), STAFF),
    everywhere(3, "SECRETARIA DE LA REFORMA AGRARIA", (1975, 2012), STAFF),
    everywhere(3, "SECRETARIA DE DESARROLLO AGRARIO TERRITORIAL Y URBANO", (2013, NOW), STAFF),
    everywhere(8, "SECRETARIA DE AGRICULTURA Y RECURSOS HIDRAULICOS", (1977, 1994), STAFF),
    everywhere(5, "SECRETARIA DE AGRICULTURA GANADERIA Y DESARROLLO RURAL", (1995, 2000), STAFF),
    everywhere(5, "SECRETARIA DE AGRICULTURA GANADERIA DESARROLLO RURAL PESCA Y ALIMENTACION", (2001, 2018), STAFF),
    everywhere(4, "SECRETARIA DE AGRICULTURA Y DESARROLLO RURAL", (2019, NOW), STAFF),
    everywhere(6, "COMISION NACIONAL DEL AGUA", (1989, NOW), &["SUBDIRECCION GENERAL DE ADMINISTRACION", "SUBDIRECCION GENERAL TECNICA", "ORGANISMO DE CUENCA"]),
    everywhere(3, "SECRETARIA DE MEDIO AMBIENTE RECURSOS NATURALES Y PESCA", (1995, 2000), STAFF),
    everywhere(3, "SECRETARIA DE MEDIO AMBIENTE Y RECURSOS NATURALES", (2001, NOW), STAFF),
    everywhere(1, "COMISION NACIONAL DE AREAS NATURALES PROTEGIDAS", (2001, NOW), STAFF),
    everywhere(8, "SECRETARIA DE COMUNICACIONES Y TRANSPORTES", (1959, 2021), STAFF),
    everywhere(7, "SECRETARIA DE INFRAESTRUCTURA COMUNICACIONES Y TRANSPORTES", (2022, NOW), STAFF),
    everywhere(3, "SECRETARIA DE COMERCIO Y FOMENTO INDUSTRIAL", (1983, 2000), STAFF),
    everywhere(3, "SECRETARIA DE ECONOMIA", (2001, NOW), STAFF),
    everywhere(3, "SECRETARIA DEL TRABAJO Y PREVISION SOCIAL", (1941, NOW), STAFF),
    everywhere(2, "PROCURADURIA FEDERAL DEL CONSUMIDOR", (1976, NOW), STAFF),
    capital(3, "SECRETARIA DE GOBERNACION", (1917, NOW), STAFF),
    everywhere(3, "INSTITUTO NACIONAL DE MIGRACION", (1994, NOW), STAFF),
    capital(3, "SECRETARIA DE SEGURIDAD PUBLICA", (2001, 2012), STAFF),
    capital(3, "SECRETARIA DE SEGURIDAD Y PROTECCION CIUDADANA", (2019, NOW), STAFF),
    everywhere(5, "PROCURADURIA GENERAL DE LA REPUBLICA", (1944, 2018), STAFF),
    everywhere(5, "FISCALIA GENERAL DE LA REPUBLICA", (2019, NOW), STAFF),
    capital(1, "SECRETARIA DE LA CONTRALORIA GENERAL DE LA FEDERACION", (1983, 1994), STAFF),
    capital(1, "SECRETARIA DE CONTRALORIA Y DESARROLLO ADMINISTRATIVO", (1995, 2002), STAFF),
    capital(1, "SECRETARIA DE LA FUNCION PUBLICA", (2004, 2024), STAFF),
    capital(1, "SECRETARIA ANTICORRUPCION Y BUEN GOBIERNO", (2025, NOW), STAFF),
    capital(2, "SECRETARIA DE RELACIONES EXTERIORES", (1917, NOW), STAFF),
    capital(1, "SECRETARIA DE TURISMO", (1975, NOW), STAFF),
    capital(2, "SECRETARIA DE ENERGIA MINAS E INDUSTRIA PARAESTATAL", (1983, 1994), STAFF),
    capital(2, "SECRETARIA DE ENERGIA", (1995, NOW), STAFF),
    field(4, "PODER JUDICIAL DE LA FEDERACION", (1917, 1995), &["TRIBUNALES DE CIRCUITO Y JUZGADOS DE DISTRITO"]),
    field(5, "CONSEJO DE LA JUDICATURA FEDERAL", (1996, 2024), &["TRIBUNALES DE CIRCUITO Y JUZGADOS DE DISTRITO"]),
    everywhere(3, "INSTITUTO FEDERAL ELECTORAL", (1991, 2013), STAFF),
    everywhere(3, "INSTITUTO NACIONAL ELECTORAL", (2015, NOW), STAFF),
    capital(1, "COMISION NACIONAL DE LOS DERECHOS HUMANOS", (1991, NOW), STAFF),
    capital(1, "CONSEJO NACIONAL DE CIENCIA Y TECNOLOGIA", (1971, 2022), STAFF),
    capital(25, "DEPARTAMENTO DEL DISTRITO FEDERAL", (1929, 1997), &["SECRETARIA GENERAL DE OBRAS", "DELEGACION CUAUHTEMOC", "DELEGACION IZTAPALAPA", "DIRECCION GENERAL DE SERVICIOS URBANOS"]),
    capital(25, "GOBIERNO DEL DISTRITO FEDERAL", (1998, 2015), &["SECRETARIA DE OBRAS Y SERVICIOS", "DELEGACION CUAUHTEMOC", "DELEGACION IZTAPALAPA", "SECRETARIA DE SALUD"]),
    capital(25, "GOBIERNO DE LA CIUDAD DE MEXICO", (2016, NOW), &["SECRETARIA DE OBRAS Y SERVICIOS", "ALCALDIA CUAUHTEMOC", "ALCALDIA IZTAPALAPA", "SECRETARIA DE SALUD"]),
];

/// The share of those outside of the capital who work for the schools, the health services of their
/// state, since these are the states'. ISSSTE's yearbooks show that most of its people are teachers.
const STATE_SCHOOLS_PERCENT: u32 = 55;
const STATE_HEALTH_PERCENT: u32 = 15;

/// Draws an employer that hires in a year: two names joined by `;`, as ISSSTE reports it.
pub(super) fn agency(generator: &mut ChaCha8Rng, state: &State, year: i32) -> String {
    let is_capital = state.code == "DF";
    let draw = generator.random_range(0..100);
    match year {
        1993.. if !is_capital && draw < STATE_SCHOOLS_PERCENT => {
            let units = ["EDUCACION PREESCOLAR", "EDUCACION PRIMARIA", "EDUCACION SECUNDARIA"];
            return format!("{};{}", schools_of(state), pick(generator, &units));
        }
        1997.. if !is_capital && draw < STATE_SCHOOLS_PERCENT + STATE_HEALTH_PERCENT => {
            return format!(
                "SERVICIOS DE SALUD DE {};{}",
                state.name,
                pick(generator, HEALTH_UNITS)
            );
        }
        _ => {}
    }
    let weight = |agency: &Agency| if agency.hires(is_capital, year) { agency.weight } else { 0 };
    let agency = &AGENCIES[weighted(generator, AGENCIES.iter().map(weight))];
    match agency.units {
        Units::Everywhere(_) if !is_capital => {
            let office = if year < 2019 { "DELEGACION" } else { "OFICINA DE REPRESENTACION" };
            format!("{};{office} EN {}", agency.name, state.name)
        }
        Units::Field(units) => {
            format!("{};{} EN {}", agency.name, pick(generator, units), state.name)
        }
        Units::Everywhere(units) | Units::Capital(units) => {
            format!("{};{}", agency.name, pick(generator, units))
        }
    }
}

impl Agency {
    fn hires(&self, is_capital: bool, year: i32) -> bool {
        let (first, last) = self.years;
        (first..=last).contains(&year) && (is_capital || !matches!(self.units, Units::Capital(_)))
    }
}

/// Returns the body that has the schools of a state since May 1992. Some states have one apart from
/// their government, with a name of its own.
fn schools_of(state: &State) -> String {
    match state.code {
        "AS" => "INSTITUTO DE EDUCACION DE AGUASCALIENTES".to_owned(),
        "BC" => "INSTITUTO DE SERVICIOS EDUCATIVOS Y PEDAGOGICOS DE BAJA CALIFORNIA".to_owned(),
        "MC" => "SERVICIOS EDUCATIVOS INTEGRADOS AL ESTADO DE MEXICO".to_owned(),
        "MS" => "INSTITUTO DE LA EDUCACION BASICA DEL ESTADO DE MORELOS".to_owned(),
        "NT" => "SERVICIOS DE EDUCACION PUBLICA DEL ESTADO DE NAYARIT".to_owned(),
        "NL" => "UNIDAD DE INTEGRACION EDUCATIVA DE NUEVO LEON".to_owned(),
        "OC" => "INSTITUTO ESTATAL DE EDUCACION PUBLICA DE OAXACA".to_owned(),
        "QR" => "SERVICIOS EDUCATIVOS DE QUINTANA ROO".to_owned(),
        "QT" => "UNIDAD DE SERVICIOS PARA LA EDUCACION BASICA EN EL ESTADO DE QUERETARO".to_owned(),
        "TL" => "UNIDAD DE SERVICIOS EDUCATIVOS DE TLAXCALA".to_owned(),
        "CH" | "SL" | "SR" => format!("SERVICIOS EDUCATIVOS DEL ESTADO DE {}", state.name),
        _ => format!("SECRETARIA DE EDUCACION DEL ESTADO DE {}", state.name),
    }
}
