"""The words that neutral briefs are made of."""

PARTIES = [
    "the interconnector programme",
    "regional transmission operators",
    "the maritime insurance market",
    "semiconductor substrate suppliers",
    "the harbour authority",
    "cross-border payment infrastructure",
    "the licensing regime",
    "municipal water utilities",
    "the reconstruction agency",
    "independent verification bodies",
    "the export control framework",
    "commercial satellite operators",
    "the pharmaceutical procurement office",
    "inland freight corridors",
    "the telecommunications regulator",
    "critical mineral refiners",
    "the emergency coordination centre",
    "agricultural cooperatives",
    "the sovereign guarantee facility",
    "undersea cable consortia",
    "the border inspection service",
    "distribution network companies",
    "the public prosecutor's office",
    "statistical authorities",
    "the competition directorate",
]

SPEAKERS = [
    "the operator",
    "a senior administrator",
    "the ministry",
    "the drafting committee",
    "an industry association",
    "the supervisory board",
    "the technical secretariat",
    "a parliamentary inquiry",
    "the lead contractor",
    "the audit office",
    "a coalition of municipalities",
    "the inspectorate",
]

VERBS = [
    "has substantially reduced",
    "continues to underestimate",
    "will probably accelerate",
    "is unlikely to reverse",
    "has quietly abandoned",
    "appears to have postponed",
    "is now responsible for",
    "has repeatedly overstated",
    "cannot independently verify",
    "intends to renegotiate",
    "is consolidating",
    "has begun to decentralise",
]

OBJECTS = [
    "its dependence on single-source procurement",
    "the implementation timetable agreed in the previous quarter",
    "the contingency arrangements for prolonged interruption",
    "investment in redundant switching capacity",
    "the classification of dual-use equipment",
    "oversight of subcontracted maintenance personnel",
    "the concentration of liquidity among a handful of counterparties",
    "responsibility for environmental remediation",
    "the reserve margin required during extraordinary demand",
    "public communication about infrastructural vulnerability",
    "the certification of replacement components",
    "its interpretation of the reciprocal notification requirement",
    "the redistribution of seasonal workforce commitments",
    "an unusually complicated authorisation procedure",
    "the administrative separation between planning and enforcement",
]

OPENINGS = [
    "Notwithstanding the favourable forecast,",
    "According to two independent assessments,",
    "In the most representative scenario,",
    "Although the available documentation is incomplete,",
    "Throughout the reporting period,",
    "Where corroboration exists,",
    "Despite considerable diplomatic encouragement,",
    "On present indications,",
    "As contractual obligations mature,",
    "Under the transitional provisions,",
    "Contrary to earlier characterisations,",
    "Measured against comparable jurisdictions,",
]

CLAUSES = [
    "because the underlying incentives remain misaligned",
    "while neighbouring administrations pursue incompatible objectives",
    "which would leave approximately {n} per cent of households exposed to interruption",
    "although practitioners dispute the methodology",
    "and no compensating mechanism has been identified",
    "provided that the arbitration panel publishes its determination before {m}",
    "even where alternative suppliers are commercially available",
    "so that responsibility becomes increasingly difficult to attribute",
    "after an interval of {n} weeks rather than the {k} originally anticipated",
    "a conclusion consistent with the procurement records we have examined",
    "if precautionary stockpiling is disregarded",
    "at an estimated cost of {n}.{k} million",
]

MONTHS = [
    "January",
    "March",
    "June",
    "September",
    "November",
]

SENTENCES = [
    "{A} {S} {V} {O}, {C}.",
    "{Nc} {V} {O}.",
    "{Nc} and {N} together account for {n} per cent of recorded disruption, {C}.",
    "We assess with moderate confidence that {S} {V} {O}, {C}.",
    "{A} {N} would need between {k} and {n} months to restore normal operations.",
    "There is no indication that {S} {V} {O}; the more plausible explanation is that {N} {V} {O}.",
    "{Sc} informed investigators that {N} {V} {O}.",
    "{Nc}, previously considered peripheral, {V} {O}, {C}.",
    "{A} the relationship between {N} and {N} deserves particular scrutiny.",
]

HEADINGS = [
    "Structural dependencies",
    "Institutional responsibilities",
    "Operational readiness",
    "Regulatory divergence",
    "Financial exposure",
    "Workforce constraints",
    "Information reliability",
    "Escalation pathways",
    "Mitigation options",
    "International coordination",
    "Procurement integrity",
    "Technological substitution",
    "Environmental consequences",
    "Legal authorities",
    "Public communication",
    "Recovery planning",
]

SUBHEADINGS = [
    "Current situation",
    "Principal drivers",
    "Evidence and confidence",
    "Comparative experience",
    "Likely trajectory",
    "Implications for policy",
    "Unresolved questions",
    "Indicators to monitor",
]

COLUMNS = [
    "Indicator",
    "Authority",
    "Baseline",
    "Current",
    "Change",
    "Assessment",
]

INDICATORS = [
    "Transmission availability",
    "Average restoration interval",
    "Undelivered contractual volume",
    "Verified inspection coverage",
    "Replacement component inventory",
    "Reported cyber incidents",
    "Insurance premium index",
    "Licensing applications pending",
    "Skilled personnel vacancies",
    "Unplanned maintenance events",
    "Contingency fuel reserve",
    "Settlement failures",
    "Cross-border notifications",
    "Storage utilisation",
    "Emergency procurement share",
]

AUTHORITIES = [
    "Network regulator",
    "Harbour authority",
    "Audit office",
    "Customs service",
    "Energy ministry",
    "Statistical office",
]

ASSESSMENTS = [
    "Deteriorating",
    "Stable",
    "Improving; verification incomplete",
    "Within tolerance",
    "Requires intervention",
    "Insufficient evidence",
]

EVENTS = [
    "Framework signed",
    "Tender annulled",
    "Audit published",
    "Outage reported",
    "Operator fined",
    "Reserve released",
    "Talks suspended",
    "Board replaced",
    "Inquiry opened",
    "Tariff revised",
    "Cable repaired",
    "Permit granted",
    "Strike ends",
    "Sanctions widened",
    "Terminal reopens",
    "Contract awarded",
    "Review ordered",
    "Quota exceeded",
    "Data withheld",
    "Mandate renewed",
]

PUBLISHERS = [
    "Office of the Comptroller",
    "Institute for Infrastructure Policy",
    "Regional Energy Observatory",
    "Parliamentary Research Service",
    "Maritime Statistics Bureau",
    "Centre for Administrative Law",
]

PUBLICATIONS = [
    "Annual report on network resilience",
    "Proceedings of the joint commission",
    "Quarterly supervisory bulletin",
    "Evidence submitted to the inquiry",
    "Survey of operational practice",
    "Working paper on contingency finance",
]
