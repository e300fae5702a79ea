#include "features/transforms/domain_lists.hpp"

#include <array>

namespace gridmill::features::transforms {

namespace {

// Kept in lines, where the formatter would give each name one.
// clang-format off
constexpr std::array<std::string_view, 148> kFreeEmail = {
    "10minutemail.com", "126.com", "139.com", "163.com", "1und1.de", "abv.bg", "aim.com", "alice.it", "aol.com",
    "arcor.de", "att.net", "bellsouth.net", "bk.ru", "bluewin.ch", "blueyonder.co.uk", "bol.com.br",
    "btinternet.com", "caramail.com", "centrum.cz", "charter.net", "comcast.net", "cox.net", "daum.net",
    "earthlink.net", "email.com", "excite.com", "fastmail.com", "fastmail.fm", "foxmail.com", "free.fr",
    "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "gmx.us", "googlemail.com",
    "guerrillamail.com", "hanmail.net", "home.nl", "hotmail.ca", "hotmail.co.uk", "hotmail.com", "hotmail.com.br",
    "hotmail.de", "hotmail.es", "hotmail.fr", "hotmail.it", "hushmail.com", "i.ua", "icloud.com", "ig.com.br",
    "inbox.com", "inbox.ru", "indiatimes.com", "interia.pl", "juno.com", "laposte.net", "libero.it", "list.ru",
    "live.ca", "live.co.uk", "live.com", "live.de", "live.fr", "live.nl", "live.se", "lycos.com", "mac.com",
    "mail.com", "mail.ru", "mail2world.com", "mailinator.com", "me.com", "msn.com", "naver.com", "netscape.net",
    "netzero.net", "neuf.fr", "ntlworld.com", "o2.pl", "onet.pl", "optonline.net", "orange.fr", "outlook.com",
    "outlook.de", "outlook.es", "outlook.fr", "passport.com", "planet.nl", "protonmail.ch", "protonmail.com",
    "qq.com", "rambler.ru", "rediffmail.com", "rocketmail.com", "sbcglobal.net", "seznam.cz", "sfr.fr", "sify.com",
    "sina.cn", "sina.com", "sky.com", "skynet.be", "sohu.com", "t-online.de", "talktalk.net", "telenet.be",
    "terra.com.br", "tin.it", "tiscali.it", "tutanota.com", "ukr.net", "uol.com.br", "usa.com", "verizon.net",
    "virgilio.it", "virginmedia.com", "wanadoo.fr", "web.de", "wp.pl", "ya.ru", "yahoo.ca", "yahoo.co.in",
    "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.com.ar", "yahoo.com.au", "yahoo.com.br", "yahoo.com.hk",
    "yahoo.com.mx", "yahoo.com.sg", "yahoo.com.tw", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.in", "yahoo.it",
    "yandex.com", "yandex.ru", "yeah.net", "ymail.com", "yopmail.com", "ziggo.nl", "zoho.com",
};

constexpr std::array<std::string_view, 293> kTopLevel = {
    "international", "construction", "consulting", "foundation", "management", "restaurant", "technology",
    "university", "amsterdam", "community", "education", "institute", "insurance", "marketing", "solutions",
    "vacations", "builders", "download", "holdings", "partners", "property", "research", "services", "software",
    "training", "ventures", "academy", "capital", "charity", "company", "digital", "fashion", "finance", "fitness",
    "flights", "holiday", "kitchen", "network", "recipes", "reviews", "science", "support", "systems", "website",
    "agency", "beauty", "berlin", "center", "church", "coffee", "credit", "design", "direct", "energy", "estate",
    "events", "expert", "global", "health", "london", "museum", "online", "photos", "report", "review", "school",
    "social", "stream", "studio", "travel", "build", "click", "cloud", "email", "games", "green", "group", "guide",
    "homes", "hotel", "house", "media", "money", "music", "ninja", "paris", "photo", "pizza", "press", "rocks",
    "space", "store", "today", "tokyo", "tours", "trade", "video", "works", "world", "aero", "arpa", "asia", "bank",
    "beer", "blog", "cafe", "care", "city", "club", "cool", "coop", "date", "farm", "film", "food", "game", "guru",
    "help", "host", "info", "jobs", "land", "life", "link", "live", "loan", "mobi", "name", "news", "page", "post",
    "rent", "shop", "site", "team", "tech", "town", "wang", "wien", "wine", "zone", "app", "art", "bar", "bid",
    "bio", "biz", "cat", "com", "dev", "eco", "edu", "fun", "gov", "int", "men", "mil", "net", "nyc", "org", "pro",
    "pub", "tel", "top", "vip", "win", "xin", "xxx", "xyz", "ae", "ai", "al", "am", "ar", "at", "au", "ba", "bd",
    "be", "bg", "bh", "bo", "br", "by", "ca", "cc", "ch", "ci", "cl", "cm", "cn", "co", "cr", "cu", "cz", "de", "dk",
    "do", "dz", "ec", "ee", "eg", "es", "et", "eu", "fi", "fm", "fr", "gg", "gh", "gr", "gt", "hk", "hn", "hr", "hu",
    "id", "ie", "il", "im", "in", "io", "iq", "ir", "is", "it", "jm", "jo", "jp", "ke", "kr", "kw", "kz", "lb", "lk",
    "lt", "lu", "lv", "ly", "ma", "md", "me", "mk", "mo", "mx", "my", "ng", "ni", "nl", "no", "np", "nz", "om", "pa",
    "pe", "ph", "pk", "pl", "pr", "pt", "py", "qa", "ro", "rs", "ru", "sa", "se", "sg", "sh", "si", "sk", "sn", "so",
    "sv", "th", "tn", "to", "tr", "tt", "tv", "tw", "tz", "ua", "ug", "uk", "us", "uy", "vc", "ve", "vn", "ws", "za",
    "zw",
};
// clang-format on

}  // namespace

std::span<const std::string_view> free_email_domains() { return kFreeEmail; }
std::span<const std::string_view> top_level_domains() { return kTopLevel; }

}  // namespace gridmill::features::transforms
