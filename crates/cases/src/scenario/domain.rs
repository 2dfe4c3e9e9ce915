//! Fields in which scenarios serve.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yiwang_base::{CategoryCode, LocalText};

macro_rules! domains {
    ($($domain:ident $word:literal $zh:literal $en:literal;)*) => {
        /// A field of the city's work (领域).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Domain {
            $(#[doc = concat!($zh, ".")] $domain,)*
        }

        impl Domain {
            /// All of them, those that are covered worst in most cities first.
            pub const ALL: [Domain; [$($word),*].len()] = [$(Domain::$domain),*];

            /// The word of the interface, `elder_care`.
            pub fn word(self) -> &'static str {
                match self {
                    $(Domain::$domain => $word,)*
                }
            }

            /// Its name for readers.
            pub fn name(self) -> LocalText {
                match self {
                    $(Domain::$domain => LocalText::new($zh, $en),)*
                }
            }
        }
    };
}

domains! {
    ElderCare "elder_care" "适老化服务" "Services for older people";
    Emergency "emergency" "应急管理" "Emergency management";
    Disability "disability" "助残服务" "Services for disabled people";
    Children "children" "儿童友好" "Services for children";
    Health "health" "医疗健康" "Health";
    Livelihood "livelihood" "民生保障" "Work and social security";
    Housing "housing" "住房物业" "Housing";
    Utilities "utilities" "水电气热" "Water, power, gas and heat";
    Traffic "traffic" "交通出行" "Traffic";
    Environment "environment" "生态环境" "Environment";
    CityKeeping "city_keeping" "市容城管" "Upkeep of the city";
    Safety "safety" "公共安全" "Public safety";
    Business "business" "营商服务" "Services for businesses";
}

/// Which categories belong to each domain; a category may belong to several.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Domains(pub BTreeMap<Domain, Vec<CategoryCode>>);

impl Domains {
    /// The categories of a domain.
    pub fn of(&self, domain: Domain) -> &[CategoryCode] {
        self.0.get(&domain).map_or(&[], Vec::as_slice)
    }
}
