//! Neutral words with known frequencies.

/// A small pseudo-random generator, the same on every machine.
pub struct Dice(u64);

impl Dice {
    /// Returns the generator of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Returns a number below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % limit.max(1) as u64).unwrap_or(0)
    }

    /// Returns an item of a list, the first ones far more often: frequencies fall roughly as 1/n.
    pub fn few_often<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let bound = self.below(of.len()) + 1;
        &of[self.below(bound)]
    }
}

/// Words with known frequencies, in ten-thousandths of all statements.
pub const KNOWN: [(&str, usize); 14] = [
    ("harbour", 500),
    ("timber", 400),
    ("glacier", 300),
    ("pilot", 250),
    ("orchard", 200),
    ("granite", 150),
    ("lantern", 120),
    ("meadow", 100),
    ("sextant", 40),
    ("wharf", 20),
    ("tundra", 10),
    ("quartz", 5),
    ("zeppelin", 2),
    ("hovercraft", 1),
];

/// The other words: the first ones occur in most statements.
const COMMON: &str = "the of and in to for with from by on at as that which while after before over under between \
    north south east west report season route market line station valley coast river bridge tower port ship train \
    carriage cargo engine signal survey chart map record figure estimate volume rate share price cost margin demand \
    supply storage capacity network board council office region district province village town city capital farm mill \
    factory workshop school library museum theatre garden forest field hill mountain lake island bay channel canal \
    winter spring summer autumn morning evening week month quarter year decade period phase stage plan project scheme \
    proposal agreement contract schedule budget fund loan grant permit standard rule measure method model sample test \
    trial review audit notice letter message call meeting visit journey crossing arrival departure delay repair \
    upgrade extension closure opening growth decline change shift pause return increase decrease balance surplus \
    shortage reserve stock catch harvest yield crop wool cotton linen paper glass copper iron tin clay salt sugar tea";

const START: [&str; 12] =
    ["bar", "cor", "den", "fal", "gar", "hol", "kel", "lun", "mar", "nor", "pel", "tor"];
const MIDDLE: [&str; 10] = ["ba", "de", "li", "mo", "na", "ri", "so", "ta", "vi", "lo"];
const END: [&str; 10] = ["bury", "dale", "ford", "ham", "ley", "mere", "ness", "stead", "ton", "wick"];

/// The words of sentences.
pub struct Words {
    common: Vec<&'static str>,
}

impl Default for Words {
    fn default() -> Self {
        Self { common: COMMON.split_whitespace().collect() }
    }
}

impl Words {
    /// Builds a sentence of 12 to 24 words.
    pub fn sentence(&self, dice: &mut Dice) -> String {
        let mut words: Vec<String> = (0..12 + dice.below(13)).map(|_| self.word(dice)).collect();
        for (word, of_ten_thousand) in KNOWN {
            if dice.below(10_000) < of_ten_thousand {
                let place = dice.below(words.len());
                word.clone_into(&mut words[place]);
            }
        }
        let mut text = words.join(" ");
        if let Some(first) = text.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        text + "."
    }

    /// Returns mostly a common word, sometimes a name from a long tail.
    fn word(&self, dice: &mut Dice) -> String {
        if dice.below(12) > 0 {
            return (*dice.few_often(&self.common)).to_owned();
        }
        let (start, middle, end) = (dice.few_often(&START), dice.few_often(&MIDDLE), dice.few_often(&END));
        format!("{start}{middle}{end}")
    }
}
