//! The states of the republic.

/// A state of the republic.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct State {
    /// The two letters that a CURP has for it, from RENAPO's manual of the CURP.
    pub code: &'static str,
    /// The name as IMSS writes it.
    pub name: &'static str,
    /// The population in thousands: INEGI, census of 2020, rounded.
    pub population_thousands: u32,
    /// The people in jobs that IMSS insures, in thousands: IMSS's monthly figures of 2023, rounded.
    pub insured_thousands: u32,
}

impl State {
    /// Returns the state for the two letters that a CURP has for it.
    pub(crate) fn by_code(code: &str) -> Option<&'static State> {
        STATES.iter().find(|state| state.code == code)
    }

    /// Returns the state with this name, as IMSS writes it.
    pub(crate) fn by_name(name: &str) -> Option<&'static State> {
        STATES.iter().find(|state| state.name == name)
    }
}

const fn state(
    code: &'static str,
    name: &'static str,
    population_thousands: u32,
    insured_thousands: u32,
) -> State {
    State { code, name, population_thousands, insured_thousands }
}

pub(crate) static STATES: [State; 32] = [
    state("AS", "AGUASCALIENTES", 1_426, 370),
    state("BC", "BAJA CALIFORNIA", 3_769, 1_070),
    state("BS", "BAJA CALIFORNIA SUR", 798, 210),
    state("CC", "CAMPECHE", 928, 150),
    state("CL", "COAHUILA", 3_147, 850),
    state("CM", "COLIMA", 731, 150),
    state("CS", "CHIAPAS", 5_544, 240),
    state("CH", "CHIHUAHUA", 3_742, 970),
    state("DF", "DISTRITO FEDERAL", 9_210, 3_480),
    state("DG", "DURANGO", 1_833, 260),
    state("GT", "GUANAJUATO", 6_167, 1_080),
    state("GR", "GUERRERO", 3_541, 170),
    state("HG", "HIDALGO", 3_083, 270),
    state("JC", "JALISCO", 8_348, 2_020),
    state("MC", "ESTADO DE MEXICO", 16_992, 1_830),
    state("MN", "MICHOACAN", 4_749, 490),
    state("MS", "MORELOS", 1_972, 220),
    state("NT", "NAYARIT", 1_235, 180),
    state("NL", "NUEVO LEON", 5_784, 1_850),
    state("OC", "OAXACA", 4_132, 240),
    state("PL", "PUEBLA", 6_583, 660),
    state("QT", "QUERETARO", 2_368, 710),
    state("QR", "QUINTANA ROO", 1_858, 530),
    state("SP", "SAN LUIS POTOSI", 2_822, 490),
    state("SL", "SINALOA", 3_027, 620),
    state("SR", "SONORA", 2_945, 660),
    state("TC", "TABASCO", 2_403, 240),
    state("TS", "TAMAULIPAS", 3_528, 740),
    state("TL", "TLAXCALA", 1_343, 110),
    state("VZ", "VERACRUZ", 8_063, 780),
    state("YN", "YUCATAN", 2_321, 430),
    state("ZS", "ZACATECAS", 1_622, 200),
];
