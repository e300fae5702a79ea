#include "features/transforms/holiday_rules.hpp"

#include <array>

namespace gridmill::features::transforms {

namespace {

enum Weekday { kMonday, kTuesday, kWednesday, kThursday, kFriday, kSaturday, kSunday };

constexpr Observed kUs = Observed::friday_or_monday;

constexpr std::array kUnitedStates = {
    on(1, 1, "New Year's Day").kept(Observed::monday_if_sunday),
    on_if(kFriday, 12, 31, "New Year's Day (Observed)"),
    nth(3, kMonday, 1, "Martin Luther King Jr. Day").since(1986),
    on(2, 22, "Washington's Birthday").until(1970),
    nth(3, kMonday, 2, "Washington's Birthday").since(1971),
    on(5, 30, "Memorial Day").until(1970),
    last(kMonday, 5, "Memorial Day").since(1971),
    on(6, 19, "Juneteenth National Independence Day").since(2021).kept(kUs),
    on(7, 4, "Independence Day").kept(kUs),
    nth(1, kMonday, 9, "Labor Day"),
    on(10, 12, "Columbus Day").until(1969),
    nth(2, kMonday, 10, "Columbus Day").since(1970),
    on(11, 11, "Armistice Day").until(1953).kept(kUs),
    on(11, 11, "Veterans Day").years(1954, 1970).kept(kUs),
    nth(4, kMonday, 10, "Veterans Day").years(1971, 1977),
    on(11, 11, "Veterans Day").since(1978).kept(kUs),
    nth(4, kThursday, 11, "Thanksgiving"),
    on(12, 25, "Christmas Day").kept(kUs),
};

constexpr std::array kUnitedKingdom = {
    on(1, 1, "New Year's Day").since(1975).kept(Observed::next_monday),
    easter(-2, "Good Friday"),
    nth(1, kMonday, 5, "May Day").years(1978, 1994),
    on(5, 8, "May Day").in(1995),
    nth(1, kMonday, 5, "May Day").years(1996, 2019),
    on(5, 8, "May Day").in(2020),
    nth(1, kMonday, 5, "May Day").since(2021),
    last(kMonday, 5, "Spring Bank Holiday").years(1971, 2001),
    on(6, 4, "Spring Bank Holiday").in(2002),
    last(kMonday, 5, "Spring Bank Holiday").years(2003, 2011),
    on(6, 4, "Spring Bank Holiday").in(2012),
    last(kMonday, 5, "Spring Bank Holiday").years(2013, 2021),
    on(6, 2, "Spring Bank Holiday").in(2022),
    last(kMonday, 5, "Spring Bank Holiday").since(2023),
    on(12, 25, "Christmas Day").kept(Observed::two_days_later),
    on(12, 26, "Boxing Day").kept(Observed::two_days_later),
    on(6, 7, "Silver Jubilee of Elizabeth II").in(1977),
    on(7, 29, "Wedding of Charles and Diana").in(1981),
    on(12, 31, "Millennium Celebrations").in(1999),
    on(6, 3, "Golden Jubilee of Elizabeth II").in(2002),
    on(4, 29, "Wedding of William and Catherine").in(2011),
    on(6, 5, "Diamond Jubilee of Elizabeth II").in(2012),
    on(6, 3, "Platinum Jubilee of Elizabeth II").in(2022),
    on(9, 19, "State Funeral of Queen Elizabeth II").in(2022),
    on(5, 8, "Coronation of Charles III").in(2023),
};

constexpr std::array kGermany = {
    on(1, 1, "Neujahr").since(1991),
    easter(-2, "Karfreitag").since(1991),
    easter(1, "Ostermontag").since(1991),
    on(5, 1, "Erster Mai").since(1991),
    easter(39, "Christi Himmelfahrt").since(1991),
    easter(50, "Pfingstmontag").since(1991),
    on(10, 3, "Tag der Deutschen Einheit").since(1990),
    on(10, 31, "Reformationstag").in(2017),
    before(kWednesday, 11, 22, "Buß- und Bettag").years(1990, 1994),
    on(12, 25, "Erster Weihnachtstag").since(1990),
    on(12, 26, "Zweiter Weihnachtstag").since(1990),
};

constexpr std::array kFrance = {
    on(1, 1, "Jour de l'an"),
    easter(1, "Lundi de Pâques"),
    on(5, 1, "Fête du Travail"),
    on(5, 8, "Fête de la Victoire").years(1953, 1959),
    on(5, 8, "Fête de la Victoire").since(1982),
    easter(39, "Ascension"),
    easter(50, "Lundi de Pentecôte").until(2004),
    easter(50, "Lundi de Pentecôte").since(2008),
    on(7, 14, "Fête nationale"),
    on(8, 15, "Assomption"),
    on(11, 1, "Toussaint"),
    on(11, 11, "Armistice"),
    on(12, 25, "Noël"),
};

constexpr std::array kJapan = {
    on(1, 1, "元日"),
    on(1, 15, "成人の日").until(1999),
    nth(2, kMonday, 1, "成人の日").since(2000),
    on(2, 11, "建国記念の日").since(1967),
    on(2, 23, "天皇誕生日").since(2020),
    on(4, 29, "天皇誕生日").until(1988),
    on(4, 29, "みどりの日").years(1989, 2006),
    on(4, 29, "昭和の日").since(2007),
    on(5, 3, "憲法記念日"),
    on(5, 4, "みどりの日").since(2007),
    on(5, 5, "こどもの日"),
    on(7, 20, "海の日").years(1996, 2002),
    nth(3, kMonday, 7, "海の日").years(2003, 2019),
    on(7, 23, "海の日").in(2020),
    on(7, 22, "海の日").in(2021),
    nth(3, kMonday, 7, "海の日").since(2022),
    on(8, 11, "山の日").years(2016, 2019),
    on(8, 10, "山の日").in(2020),
    on(8, 8, "山の日").in(2021),
    on(8, 11, "山の日").since(2022),
    on(9, 15, "敬老の日").years(1966, 2002),
    nth(3, kMonday, 9, "敬老の日").since(2003),
    on(10, 10, "体育の日").years(1966, 1999),
    nth(2, kMonday, 10, "体育の日").years(2000, 2019),
    on(7, 24, "スポーツの日").in(2020),
    on(7, 23, "スポーツの日").in(2021),
    nth(2, kMonday, 10, "スポーツの日").since(2022),
    on(11, 3, "文化の日"),
    on(11, 23, "勤労感謝の日"),
    on(12, 23, "天皇誕生日").years(1989, 2018),
    on(4, 10, "結婚の儀").in(1959),
    on(2, 24, "大喪の礼").in(1989),
    on(11, 12, "即位礼正殿の儀").in(1990),
    on(6, 9, "結婚の儀").in(1993),
    on(5, 1, "天皇の即位の日").in(2019),
    on(10, 22, "即位礼正殿の儀が行われる日").in(2019),
};

}  // namespace

std::span<const HolidayRule> holiday_rules_us() { return kUnitedStates; }
std::span<const HolidayRule> holiday_rules_gb() { return kUnitedKingdom; }
std::span<const HolidayRule> holiday_rules_de() { return kGermany; }
std::span<const HolidayRule> holiday_rules_fr() { return kFrance; }
std::span<const HolidayRule> holiday_rules_jp() { return kJapan; }

}  // namespace gridmill::features::transforms
