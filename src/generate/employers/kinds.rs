//! Kinds of companies, sector by sector. Their names are put together of invented words.

use crate::generate::employers::kinds::Form::{
    Bank, Charity, Credit, Farm, Foreign, Listed, Person, Practice, Savings, School, Trade,
};
use crate::model::sector::Sector;

/// A kind of companies.
pub(super) struct Kind {
    pub weight: u32,
    /// The words of the name. `STEM`, `REGION`, `SAINT` and `SURNAME` are drawn.
    pub pattern: &'static str,
    pub form: Form,
    /// The first and the last year in which it hires.
    pub years: (i32, i32),
    /// The codes of the only states in which there is such a company. Empty for all.
    pub states: &'static str,
}

/// The legal forms that a kind of companies may have, by the Ley General de Sociedades Mercantiles
/// and the laws on civil associations, rural producers, savings and credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A company that trades.
    Trade,
    /// The subsidiary of a foreign company.
    Foreign,
    /// A company whose shares are traded at the exchange.
    Listed,
    /// Farmers.
    Farm,
    /// Professionals, who may not trade.
    Practice,
    /// A school, which is an association or a practice.
    School,
    /// An association without profit.
    Charity,
    Bank,
    /// A lender that takes no deposits.
    Credit,
    /// A cooperative of savings.
    Savings,
    /// A natural person: the name is that of the employer.
    Person,
}

impl Form {
    /// Returns the legal form for a draw from 0 to 99, as IMSS writes it. Without it the name is that
    /// of a person.
    pub(super) fn suffix(self, draw: u32, year: i32) -> Option<&'static str> {
        Some(match (self, draw, year) {
            (Trade, ..60, ..1982) => "SA",
            // The law that knows this form is of 2005.
            (Trade, 94.., 2007..) => "SAPI DE CV",
            (Trade, 80.., 1990..) | (Foreign, 35.., 1990..) => "S DE RL DE CV",
            (Listed, _, 2007..) => "SAB DE CV",
            (Trade | Foreign | Listed, ..) => "SA DE CV",
            (Farm, ..40, 1982..) => "SPR DE RL DE CV",
            (Farm, ..60, _) => "S DE RL DE CV",
            (Farm, ..) => "SA DE CV",
            (Practice, ..) | (School, 55.., _) => "SC",
            (School, ..) | (Charity, 20.., _) => "AC",
            (Charity, ..) => "IAP",
            (Bank, ..) => "SA INSTITUCION DE BANCA MULTIPLE",
            (Credit, ..) => "SA DE CV SOFOM ENR",
            (Savings, ..) => "SC DE AP DE RL DE CV",
            (Person, ..) => return None,
        })
    }
}

const ALWAYS: (i32, i32) = (1900, 2999);

const fn kind(weight: u32, pattern: &'static str, form: Form) -> Kind {
    Kind { weight, pattern, form, years: ALWAYS, states: "" }
}

const fn since(year: i32, weight: u32, pattern: &'static str, form: Form) -> Kind {
    Kind { weight, pattern, form, years: (year, 2999), states: "" }
}

const fn only_in(states: &'static str, weight: u32, pattern: &'static str, form: Form) -> Kind {
    Kind { weight, pattern, form, years: ALWAYS, states }
}

/// The north, where the maquiladoras are.
const BORDER: &str = "BC SR CH CL NL TS";

/// Returns the kinds of companies of a sector.
pub(super) fn kinds(sector: Sector) -> &'static [Kind] {
    match sector {
        Sector::Agriculture => AGRICULTURE,
        Sector::Mining => MINING,
        Sector::Manufacturing => MANUFACTURING,
        Sector::Construction => CONSTRUCTION,
        Sector::Commerce => COMMERCE,
        Sector::Transport => TRANSPORT,
        Sector::Hospitality => HOSPITALITY,
        Sector::Finance => FINANCE,
        Sector::BusinessServices => BUSINESS_SERVICES,
        Sector::ProfessionalServices => PROFESSIONAL_SERVICES,
        Sector::Technology => TECHNOLOGY,
        Sector::Education => EDUCATION,
        Sector::Health => HEALTH,
    }
}

static AGRICULTURE: &[Kind] = &[
    kind(30, "AGRICOLA STEM", Farm),
    kind(15, "AGROPECUARIA STEM REGION", Farm),
    kind(12, "EMPACADORA STEM", Trade),
    since(1995, 12, "INVERNADEROS STEM", Farm),
    kind(10, "GRANJAS STEM", Farm),
    kind(8, "PRODUCTORES UNIDOS REGION", Farm),
    only_in("SL SR BC BS NT", 8, "PESQUERA STEM", Trade),
    only_in("MN JC", 12, "AGUACATES STEM", Farm),
    kind(20, "SURNAME", Person),
];

static MINING: &[Kind] = &[
    kind(30, "MINERA STEM", Trade),
    kind(15, "COMPANIA MINERA STEM", Trade),
    kind(10, "TRITURADOS Y AGREGADOS STEM", Trade),
    only_in("TC CC VZ TS", 60, "SERVICIOS PETROLEROS STEM", Trade),
    only_in("TC CC VZ TS", 30, "PERFORACIONES STEM REGION", Trade),
];

static MANUFACTURING: &[Kind] = &[
    only_in(BORDER, 35, "MAQUILADORA STEM", Foreign),
    only_in(BORDER, 25, "ENSAMBLES STEM REGION", Foreign),
    only_in(BORDER, 20, "ARNESES STEM", Foreign),
    only_in("AS QT SP GT PL CL NL MC", 25, "AUTOPARTES STEM", Foreign),
    only_in("GT JC", 12, "CALZADO STEM", Trade),
    only_in("JC", 5, "TEQUILERA STEM", Trade),
    since(1985, 15, "STEM DE MEXICO", Foreign),
    kind(10, "MANUFACTURAS STEM", Trade),
    kind(9, "PRODUCTOS ALIMENTICIOS STEM", Trade),
    kind(8, "PLASTICOS STEM", Trade),
    kind(7, "CONFECCIONES STEM", Trade),
    kind(5, "TEXTILES STEM", Trade),
    kind(6, "ACEROS Y PERFILES STEM", Trade),
    kind(6, "MUEBLES STEM", Trade),
    kind(6, "EMPAQUES DE CARTON STEM", Trade),
    kind(5, "PANIFICADORA STEM", Trade),
    kind(4, "EMBOTELLADORA STEM", Trade),
    kind(4, "LABORATORIOS STEM", Trade),
    kind(4, "IMPRESOS STEM", Trade),
    kind(5, "GRUPO INDUSTRIAL STEM", Listed),
    kind(7, "SURNAME", Person),
];

static CONSTRUCTION: &[Kind] = &[
    kind(30, "CONSTRUCTORA STEM", Trade),
    kind(12, "EDIFICACIONES STEM", Trade),
    kind(10, "INGENIERIA Y OBRAS STEM", Trade),
    kind(8, "URBANIZADORA STEM REGION", Trade),
    kind(6, "PAVIMENTOS STEM", Trade),
    kind(6, "INSTALACIONES ELECTRICAS STEM", Trade),
    since(1990, 8, "DESARROLLOS INMOBILIARIOS STEM", Trade),
    kind(20, "SURNAME", Person),
];

static COMMERCE: &[Kind] = &[
    // Chains.
    kind(9, "TIENDAS SOLVANTA", Listed),
    kind(8, "SUPERMERCADOS TORELIA", Trade),
    kind(6, "FARMACIAS BENALVA", Trade),
    kind(5, "ALMACENES CORVALIA", Listed),
    since(1985, 8, "MINISUPER PALTEX", Trade),
    kind(4, "ZAPATERIAS LUMERA", Trade),
    kind(4, "MUEBLERIAS ZARONDA", Trade),
    since(1990, 5, "BODEGAS MARUVIA", Trade),
    // Single companies.
    kind(9, "COMERCIALIZADORA STEM", Trade),
    kind(8, "DISTRIBUIDORA STEM REGION", Trade),
    kind(6, "ABARROTES STEM", Trade),
    kind(5, "FERRETERIA STEM", Trade),
    kind(4, "REFACCIONARIA STEM", Trade),
    kind(5, "AUTOMOTRIZ STEM", Trade),
    kind(4, "COMBUSTIBLES STEM", Trade),
    kind(3, "MATERIALES STEM", Trade),
    kind(3, "PAPELERIA STEM", Trade),
    kind(16, "SURNAME", Person),
];

static TRANSPORT: &[Kind] = &[
    kind(22, "TRANSPORTES STEM", Trade),
    kind(16, "AUTOTRANSPORTES STEM REGION", Trade),
    kind(12, "AUTOBUSES STEM", Trade),
    since(1992, 15, "LOGISTICA STEM", Trade),
    kind(8, "PAQUETERIA STEM", Trade),
    kind(6, "FLETES Y MUDANZAS STEM", Trade),
    kind(5, "ALMACENAJES STEM", Trade),
    kind(10, "SURNAME", Person),
];

static HOSPITALITY: &[Kind] = &[
    kind(12, "HOTELES STEM", Trade),
    since(1980, 12, "OPERADORA HOTELERA STEM", Trade),
    since(1985, 10, "OPERADORA DE RESTAURANTES STEM", Trade),
    kind(10, "RESTAURANTES STEM", Trade),
    since(1990, 6, "CAFETERIAS NORELVA", Listed),
    since(1988, 6, "PIZZAS Y ALIMENTOS TERONDA", Trade),
    kind(6, "BANQUETES STEM", Trade),
    only_in("QR BS NT GR JC", 14, "DESARROLLO TURISTICO STEM", Trade),
    kind(22, "SURNAME", Person),
];

static FINANCE: &[Kind] = &[
    // The banks belonged to the state from 1982 to 1991.
    since(1992, 20, "BANCO NORVANTA", Bank),
    since(1992, 14, "BANCO DEL CORELIA", Bank),
    since(2007, 16, "FINANCIERA STEM", Credit),
    since(2002, 12, "CAJA POPULAR SAINT", Savings),
    kind(12, "SEGUROS STEM", Trade),
    kind(6, "CENTRO CAMBIARIO STEM", Trade),
    since(1998, 8, "CASA DE EMPENO STEM", Trade),
];

static BUSINESS_SERVICES: &[Kind] = &[
    // Until the law of April 2021 forbade to hire people out.
    Kind { years: (1990, 2020), ..kind(40, "SERVICIOS ADMINISTRATIVOS STEM", Trade) },
    Kind { years: (1995, 2020), ..kind(30, "RECURSOS HUMANOS STEM", Trade) },
    Kind { years: (1995, 2020), ..kind(16, "CORPORATIVO DE PERSONAL STEM", Trade) },
    since(2021, 25, "SERVICIOS ESPECIALIZADOS STEM", Trade),
    kind(22, "SEGURIDAD PRIVADA STEM", Trade),
    kind(18, "LIMPIEZA INDUSTRIAL STEM", Trade),
    since(1998, 20, "CENTROS DE CONTACTO STEM", Trade),
    kind(10, "MANTENIMIENTO INTEGRAL STEM", Trade),
    kind(6, "PUBLICIDAD STEM", Trade),
    kind(6, "SURNAME", Person),
];

static PROFESSIONAL_SERVICES: &[Kind] = &[
    kind(18, "SURNAME SURNAME Y ASOCIADOS", Practice),
    kind(10, "DESPACHO SURNAME SURNAME", Practice),
    kind(8, "BUFETE JURIDICO SURNAME", Practice),
    kind(10, "CONTADORES PUBLICOS SURNAME Y SURNAME", Practice),
    kind(8, "ARQUITECTOS SURNAME", Practice),
    kind(10, "INGENIERIA STEM", Trade),
    since(1990, 12, "CONSULTORES STEM", Practice),
    kind(12, "SURNAME", Person),
];

static TECHNOLOGY: &[Kind] = &[
    kind(15, "SISTEMAS STEM", Trade),
    kind(12, "TELECOMUNICACIONES STEM", Trade),
    since(1990, 12, "TECNOLOGIAS STEM", Trade),
    since(1995, 15, "SOFTWARE STEM", Trade),
    since(2006, 15, "SOLUCIONES DIGITALES STEM", Trade),
    since(1990, 10, "STEM TECHNOLOGIES MEXICO", Foreign),
];

static EDUCATION: &[Kind] = &[
    kind(25, "COLEGIO SAINT", School),
    kind(12, "INSTITUTO SAINT", School),
    since(1975, 15, "UNIVERSIDAD STEM", School),
    kind(10, "CENTRO EDUCATIVO STEM", School),
    since(1980, 8, "JARDIN INFANTIL STEM", School),
    since(1974, 10, "GUARDERIA STEM", School),
    since(1985, 6, "CENTRO DE IDIOMAS STEM", School),
    kind(4, "FUNDACION SAINT", Charity),
];

static HEALTH: &[Kind] = &[
    kind(20, "HOSPITAL SAINT", Trade),
    kind(12, "SANATORIO SAINT", Trade),
    kind(14, "CENTRO MEDICO STEM", Trade),
    kind(12, "LABORATORIOS CLINICOS STEM", Trade),
    kind(8, "CLINICA DENTAL STEM", Practice),
    kind(6, "ASILO SAINT", Charity),
    kind(20, "SURNAME", Person),
];
