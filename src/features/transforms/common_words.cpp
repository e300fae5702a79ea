#include "features/transforms/common_words.hpp"

#include <array>

namespace gridmill::features::transforms {

namespace {

// Sorted; kept in lines, where the formatter would give each word one.
// clang-format off
constexpr std::array<std::string_view, 706> kWords = {
    "a", "able", "about", "above", "across", "action", "activity", "actually", "add", "after", "again", "against",
    "age", "ago", "air", "all", "allow", "almost", "along", "already", "also", "although", "always", "am", "among",
    "an", "and", "animal", "another", "answer", "any", "anyone", "anything", "appear", "are", "area", "arm",
    "around", "art", "as", "ask", "asked", "at", "autumn", "away", "back", "bad", "ball", "be", "because", "bed",
    "been", "before", "began", "begin", "behind", "being", "believe", "below", "best", "better", "between", "beyond",
    "big", "bird", "black", "blood", "blue", "boat", "body", "bone", "book", "both", "box", "boy", "bread", "break",
    "bring", "brown", "build", "building", "burn", "bus", "business", "but", "buy", "by", "call", "came", "can",
    "car", "carry", "case", "cat", "catch", "center", "central", "certain", "chair", "change", "child", "children",
    "choose", "city", "class", "clean", "clear", "clearly", "close", "coffee", "cold", "college", "color", "colour",
    "come", "common", "community", "company", "consider", "continue", "control", "cook", "cool", "cost", "could",
    "count", "country", "couple", "court", "create", "cry", "cultural", "current", "cut", "dance", "dark", "data",
    "daughter", "day", "dead", "death", "decide", "decision", "deep", "development", "did", "die", "difference",
    "different", "director", "divide", "do", "doctor", "does", "dog", "done", "door", "down", "draw", "drink",
    "drive", "drug", "dry", "during", "each", "ear", "early", "earth", "east", "easy", "eat", "economic",
    "education", "effect", "effort", "egg", "eight", "else", "end", "especially", "even", "event", "ever", "every",
    "everyone", "everything", "expect", "experience", "eye", "face", "fact", "fall", "family", "far", "farm", "fast",
    "father", "federal", "feet", "felt", "few", "field", "fight", "figure", "fill", "finally", "fine", "finger",
    "finish", "fire", "first", "fish", "five", "fix", "floor", "fly", "follow", "food", "foot", "for", "force",
    "foreign", "form", "found", "four", "free", "friend", "from", "fruit", "full", "game", "get", "girl", "give",
    "glass", "go", "god", "gold", "good", "got", "government", "great", "green", "ground", "group", "grow", "guy",
    "had", "hair", "half", "hand", "happen", "happy", "hard", "has", "have", "he", "head", "health", "hear", "heart",
    "heavy", "help", "her", "here", "herself", "high", "him", "himself", "his", "history", "hit", "hold",
    "home", "horse", "hot", "hour", "house", "how", "however", "huge", "human", "hundred", "i", "idea", "if",
    "image", "important", "in", "include", "industry", "information", "interest", "international", "into", "iron",
    "is", "island", "issue", "it", "its", "itself", "job", "jump", "just", "kept", "kill", "kind", "king", "knew",
    "know", "land", "large", "late", "later", "laugh", "law", "lead", "learn", "least", "left", "leg", "length",
    "less", "let", "letter", "level", "life", "light", "like", "line", "list", "little", "live", "local", "long",
    "look", "lord", "lose", "lot", "love", "low", "machine", "made", "major", "make", "man", "many", "map", "market",
    "matter", "maybe", "me", "measure", "meat", "medical", "meet", "member", "men", "military", "milk", "million",
    "mind", "minute", "moment", "money", "month", "moon", "more", "morning", "most", "mother", "mountain", "mouth",
    "move", "movie", "mr", "mrs", "much", "music", "my", "myself", "name", "nation", "natural", "near", "nearly",
    "need", "never", "new", "news", "nice", "night", "nine", "no", "nobody", "noise", "north", "nose", "not",
    "nothing", "now", "number", "ocean", "of", "off", "offer", "office", "official", "often", "oil", "old", "on",
    "once", "one", "only", "open", "or", "other", "others", "our", "out", "over", "own", "page", "paint", "paper",
    "parent", "part", "party", "pass", "past", "patient", "pay", "people", "per", "perhaps", "person", "personal",
    "phone", "picture", "piece", "place", "plan", "plane", "plant", "play", "player", "please", "point", "police",
    "policy", "poor", "popular", "position", "possible", "power", "practice", "president", "price", "private",
    "probably", "problem", "product", "program", "project", "provide", "public", "pull", "put", "queen", "question",
    "quick", "quite", "rain", "raise", "rate", "rather", "reach", "read", "ready", "real", "really", "reason",
    "recent", "record", "red", "relationship", "remain", "remember", "report", "require", "research", "result",
    "ride", "right", "river", "road", "role", "room", "run", "sad", "said", "salt", "same", "saw", "say", "school",
    "sea", "season", "second", "see", "seemed", "sell", "send", "sense", "sentence", "serious", "serve", "service",
    "set", "seven", "shape", "she", "ship", "short", "show", "side", "significant", "silver", "similar", "simple",
    "simply", "since", "sing", "single", "sir", "sit", "site", "situation", "six", "size", "skin", "sleep", "slow",
    "small", "smile", "snow", "so", "society", "some", "someone", "something", "sometimes", "son", "song", "soon",
    "sound", "south", "space", "speak", "special", "spend", "spring", "stand", "star", "start", "state", "stay",
    "still", "stone", "stop", "story", "street", "strong", "study", "such", "sugar", "suggest", "summer", "sun",
    "sure", "swim", "system", "table", "take", "talk", "tax", "tea", "teacher", "team", "ten", "test", "than",
    "thank", "that", "the", "their", "them", "themselves", "then", "there", "these", "they", "thing",
    "things", "think", "third", "this", "though", "thought", "thousand", "three", "through", "throw", "time", "to",
    "today", "together", "told", "tomorrow", "too", "took", "toward", "towards", "town", "traditional", "train",
    "travel", "tree", "true", "try", "turn", "twice", "two", "under", "understand", "until", "up", "upon", "us",
    "use", "usually", "value", "very", "view", "village", "visit", "voice", "wait", "wake", "walk", "wall", "want",
    "war", "warm", "was", "wash", "watch", "water", "way", "we", "wear", "week", "weight", "well", "went", "were",
    "west", "wet", "what", "when", "where", "which", "while", "white", "who", "whole", "why", "wife", "will", "win",
    "wind", "window", "winter", "with", "within", "without", "woman", "women", "wood", "word", "work", "worker",
    "world", "would", "write", "wrong", "year", "yellow", "yes", "yesterday", "yet", "you", "young", "your",
};
// clang-format on

}  // namespace

std::span<const std::string_view> common_english_words() { return kWords; }

}  // namespace gridmill::features::transforms
