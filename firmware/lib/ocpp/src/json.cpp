#include "ocpp/json.h"

#include <string.h>

#include "ocpp/sizes.h"

namespace evse::ocpp {

namespace {

constexpr int kMostText = 0xFFFF;  // offsets have 16 bits

static_assert(kFrameIn <= kMostText && kJsonValues <= kMostText, "an offset has 16 bits");

// What was read last: one for the whole program, as a value is only a few offsets.
struct Reading {
  const char* text = nullptr;
  int size = 0;
  Json values[kJsonValues];
  int count = 0;
};

Reading frame;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Parser {
 public:
  Parser(char* text, int size) : text_(text), size_(size) {}

  Parsed parse() {
    int root = 0;
    const bool fine = value(0, root) && (skip(), at_ == size_);
    return fine ? Parsed::Fine : too_much_ ? Parsed::TooMuch : Parsed::NoJson;
  }

 private:
  char now() const { return at_ < size_ ? text_[at_] : '\0'; }

  void skip() {
    while (now() == ' ' || now() == '\t' || now() == '\r' || now() == '\n') ++at_;
  }

  bool take(char c) {
    if (at_ >= size_ || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool too_much() {
    too_much_ = true;
    return false;
  }

  // The number of the value that begins here. It goes down one call a level, of which there are
  // kNesting at most: the stack of a task is small.
  bool value(int depth, int& number) {
    skip();
    if (frame.count == kJsonValues) return too_much();
    number = frame.count++;
    Json& made = frame.values[number];
    made = Json();
    switch (now()) {
      case '{':
        return many(depth, made, Json::Kind::Object, '}');
      case '[':
        return many(depth, made, Json::Kind::List, ']');
      case '"':
        made.kind = Json::Kind::Text;
        return quoted(made.value_at);
      case 't':
        made.kind = Json::Kind::True;
        return word("true");
      case 'f':
        made.kind = Json::Kind::False;
        return word("false");
      case 'n':
        return word("null");
      default:
        made.kind = Json::Kind::Number;
        made.value_at = static_cast<uint16_t>(at_);
        return digits();
    }
  }

  bool many(int depth, Json& made, Json::Kind kind, char close) {
    made.kind = kind;
    if (depth == kNesting) return too_much();
    ++at_;
    skip();
    if (take(close)) return true;
    uint16_t* link = &made.value_at;
    do {
      uint16_t name_at = 0;
      if (kind == Json::Kind::Object) {
        skip();
        if (!quoted(name_at)) return false;
        skip();
        if (!take(':')) return false;
      }
      int number = 0;
      if (!value(depth + 1, number)) return false;
      frame.values[number].name_at = name_at;
      *link = static_cast<uint16_t>(number);
      link = &frame.values[number].next_at;
      skip();
    } while (take(','));
    return take(close);
  }

  bool word(const char* letters) {
    for (; *letters != '\0'; ++letters) {
      if (!take(*letters)) return false;
    }
    return true;
  }

  bool run_of_digits() {
    const int from = at_;
    while (is_digit(now())) ++at_;
    return at_ > from;
  }

  bool digits() {
    take('-');
    if (!take('0') && !run_of_digits()) return false;
    if (take('.') && !run_of_digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return run_of_digits();
    }
    return true;
  }

  // What is written never reaches what has not been read: each escape is longer than its bytes.
  bool quoted(uint16_t& where) {
    if (!take('"')) return false;
    where = static_cast<uint16_t>(at_);
    int to = at_;
    while (at_ < size_) {
      const char c = text_[at_++];
      if (c == '"') {
        text_[to] = '\0';
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') {
        text_[to++] = c;
      } else if (!escape(to)) {
        return false;
      }
    }
    return false;
  }

  bool escape(int& to) {
    constexpr char kLetters[] = "\"\\/bfnrt";
    constexpr char kMeant[] = "\"\\/\b\f\n\r\t";
    const char c = now();
    ++at_;
    if (c == 'u') return code_point(to);
    const char* found = c == '\0' ? nullptr : strchr(kLetters, c);
    if (found == nullptr) return false;
    text_[to++] = kMeant[found - kLetters];
    return true;
  }

  bool hex4(uint32_t& unit) {
    unit = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = now();
      const char low = static_cast<char>(c | 0x20);
      const int digit = is_digit(c) ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
      if (digit < 0) return false;
      unit = unit << 4 | static_cast<uint32_t>(digit);
    }
    return true;
  }

  // As UTF-8. Half a pair, and the NUL that would end a text early, become U+FFFD.
  bool code_point(int& to) {
    uint32_t code = 0;
    if (!hex4(code)) return false;
    const bool high = code >= 0xD800 && code < 0xDC00;
    if (high && at_ + 1 < size_ && text_[at_] == '\\' && text_[at_ + 1] == 'u') {
      const int back = at_;
      at_ += 2;
      uint32_t low = 0;
      if (!hex4(low)) return false;
      if (low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      } else {
        at_ = back;
      }
    }
    if (code == 0 || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;
    const int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    constexpr uint32_t kLead[] = {0, 0xC0, 0xE0, 0xF0};
    text_[to++] = static_cast<char>(kLead[more] | code >> (6 * more));
    for (int i = more - 1; i >= 0; --i) {
      text_[to++] = static_cast<char>(0x80 | (code >> (6 * i) & 0x3F));
    }
    return true;
  }

  char* text_;
  const int size_;
  int at_ = 0;
  bool too_much_ = false;
};

bool is(const Json* value, Json::Kind kind) { return value != nullptr && value->kind == kind; }

const Json* numbered(int number) { return number == 0 ? nullptr : &frame.values[number]; }

}  // namespace

Parsed parse_json(char* text, int size, const Json*& value) {
  value = nullptr;
  frame.text = text;
  frame.size = size;
  frame.count = 0;
  if (size > kMostText) return Parsed::TooMuch;
  const Parsed parsed = Parser(text, size).parse();
  if (parsed == Parsed::Fine) value = &frame.values[0];
  return parsed;
}

const char* Json::name() const { return name_at == 0 ? "" : frame.text + name_at; }
const char* Json::text() const { return kind == Kind::Text ? frame.text + value_at : ""; }
const Json* Json::next() const { return numbered(next_at); }

bool is_text(const Json* value) { return is(value, Json::Kind::Text); }
bool is_number(const Json* value) { return is(value, Json::Kind::Number); }
bool is_list(const Json* value) { return is(value, Json::Kind::List); }
bool is_object(const Json* value) { return is(value, Json::Kind::Object); }
bool is_boolean(const Json* value) {
  return is(value, Json::Kind::True) || is(value, Json::Kind::False);
}

const Json* first_of(const Json* value) {
  return is_list(value) || is_object(value) ? numbered(value->value_at) : nullptr;
}

int size_of(const Json* value) {
  int count = 0;
  for (const Json* each = first_of(value); each != nullptr; each = each->next()) ++count;
  return count;
}

const Json* item(const Json* list, int index) {
  const Json* each = first_of(list);
  while (each != nullptr && index-- > 0) each = each->next();
  return each;
}

const Json* field(const Json* object, const char* name) {
  if (!is_object(object)) return nullptr;
  const Json* each = first_of(object);
  while (each != nullptr && strcmp(each->name(), name) != 0) each = each->next();
  return each;
}

const char* text_of(const Json* object, const char* name, const char* otherwise) {
  const Json* found = field(object, name);
  return is_text(found) ? found->text() : otherwise;
}

int32_t integer_of(const Json* object, const char* name, int32_t otherwise) {
  const Json* found = field(object, name);
  return is_integer(found) ? static_cast<int32_t>(decimal_of(*found, 0).value) : otherwise;
}

bool is_integer(const Json* value) {
  if (!is_number(value)) return false;
  const Decimal number = decimal_of(*value, 0);
  return number.whole && number.value >= INT32_MIN && number.value <= INT32_MAX;
}

Decimal decimal_of(const Json& number, int places) {
  // 17 digits, and by how many tens they are off; what comes after only counts as cut.
  constexpr int64_t kMost = INT64_MAX / 100;
  constexpr int kFar = 1000;
  const char* at = frame.text + number.value_at;
  const char* const end = frame.text + frame.size;
  Decimal found;
  const bool negative = *at == '-';
  if (negative) ++at;
  bool point = false;
  int tens = places;
  for (; at < end && (is_digit(*at) || *at == '.'); ++at) {
    if (*at == '.') {
      point = true;
    } else if (found.value < kMost) {
      found.value = found.value * 10 + (*at - '0');
      if (point) --tens;
    } else {
      if (*at != '0') found.whole = false;
      if (!point) ++tens;
    }
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    ++at;
    const bool down = *at == '-';
    if (*at == '-' || *at == '+') ++at;
    int exponent = 0;
    for (; at < end && is_digit(*at); ++at) {
      if (exponent < kFar) exponent = exponent * 10 + (*at - '0');
    }
    tens += down ? -exponent : exponent;
  }
  for (; tens > 0 && found.value != 0; --tens) {
    if (found.value > INT64_MAX / 10) {
      found.value = INT64_MAX;
      break;
    }
    found.value *= 10;
  }
  for (; tens < 0 && found.value != 0; ++tens) {
    if (found.value % 10 != 0) found.whole = false;
    found.value /= 10;
  }
  if (negative) found.value = -found.value;
  return found;
}

}  // namespace evse::ocpp
