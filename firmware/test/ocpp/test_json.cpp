// JSON in place (RFC 8259): what is read, what is turned away, and numbers without floating point.
#include <doctest/doctest.h>

#include <string>

#include "ocpp/json.h"
#include "ocpp/sizes.h"

using namespace evse::ocpp;

namespace {

// Of the last document; a value points into it.
std::string document;

Parsed parse(const std::string& text, const Json*& value) {
  document = text;
  return parse_json(document.data(), static_cast<int>(document.size()), value);
}

const Json* parsed(const std::string& text) {
  const Json* value = nullptr;
  REQUIRE(parse(text, value) == Parsed::Fine);
  return value;
}

Parsed outcome(const std::string& text) {
  const Json* value = nullptr;
  const Parsed parsed = parse(text, value);
  CHECK((value != nullptr) == (parsed == Parsed::Fine));
  return parsed;
}

Decimal decimal(const std::string& text, int places = 0) {
  return decimal_of(*parsed(text), places);
}

}  // namespace

TEST_CASE("Names, texts and lists are found in the order in which they came") {
  const Json* root = parsed(" {\"a\" : [1, \"two\", {\"three\":null}] ,\"b\":true,\"a\":false} ");
  REQUIRE(is_object(root));
  CHECK(size_of(root) == 3);
  const Json* list = field(root, "a");  // the first of that name
  REQUIRE(is_list(list));
  CHECK(size_of(list) == 3);
  CHECK(is_integer(item(list, 0)));
  CHECK(std::string(item(list, 1)->text()) == "two");
  CHECK(std::string(first_of(item(list, 2))->name()) == "three");
  CHECK(item(list, 3) == nullptr);
  CHECK(is_boolean(field(root, "b")));
  CHECK(field(root, "A") == nullptr);
  CHECK(field(list, "a") == nullptr);
  CHECK(field(nullptr, "a") == nullptr);
  CHECK(size_of(parsed("[]")) == 0);
  CHECK(first_of(parsed("{}")) == nullptr);
  CHECK(std::string(first_of(parsed("{\"\":1}"))->name()).empty());
}

TEST_CASE("Escapes become the bytes that they mean") {
  CHECK(std::string(parsed("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"")->text()) == "a\"\\/\b\f\n\r\tz");
  CHECK(std::string(parsed("\"\\u0041\\u00e9\\u20AC\\uD83D\\uDE00\"")->text()) ==
        "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(std::string(first_of(parsed("{\"n\\u0061me\":1}"))->name()) == "name");
  // A text ends at its NUL, so that there can be none in it; half a pair means nothing.
  CHECK(std::string(parsed("\"a\\u0000b\"")->text()) == "a\xEF\xBF\xBD" "b");
  CHECK(std::string(parsed("\"\\uD83Dx\"")->text()) == "\xEF\xBF\xBDx");
  CHECK(std::string(parsed("\"\\uD83D\\u0041\"")->text()) == "\xEF\xBF\xBD" "A");
  CHECK(std::string(parsed("\"\\uDE00\"")->text()) == "\xEF\xBF\xBD");
}

TEST_CASE("What is no JSON is none") {
  for (const char* text :
       {"", " ", "nul", "nulll", "tru", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "{}}",
        "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "\"", "\"a", "\"\\",
        "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\uD83D\\u\"", "\"a\nb\"", "\"\\\n\"", "01", "-",
        "+1", ".5", "1.", "1.e5", "1e", "1e+", "-a", "0x10", "NaN", "Infinity", "'a'", "[1]x",
        "\xEF\xBB\xBF[]", "1 1", "truefalse"}) {
    CAPTURE(text);
    CHECK(outcome(text) == Parsed::NoJson);
  }
  CHECK(outcome(std::string("[1,\0 2]", 7)) == Parsed::NoJson);
  CHECK(outcome(std::string("\"a\\\0b\"", 6)) == Parsed::NoJson);
}

TEST_CASE("A document is as deep and as large as there is room for") {
  const auto nested = [](int depth) {
    return std::string(static_cast<size_t>(depth), '[') +
           std::string(static_cast<size_t>(depth), ']');
  };
  CHECK(outcome(nested(kNesting)) == Parsed::Fine);
  CHECK(outcome(nested(kNesting + 1)) == Parsed::TooMuch);
  CHECK(outcome(std::string(5000, '{')) == Parsed::NoJson);
  CHECK(outcome(std::string(5000, '[')) == Parsed::TooMuch);
  std::string full = "[1";
  for (int i = 2; i < kJsonValues; ++i) full += ",1";
  CHECK(outcome(full + "]") == Parsed::Fine);
  CHECK(outcome(full + ",1]") == Parsed::TooMuch);
  CHECK(outcome("\"" + std::string(70000, 'x') + "\"") == Parsed::TooMuch);
}

TEST_CASE("A number is exact, whichever way it is written") {
  for (const char* text : {"120", "120.0", "1.2e2", "12e1", "1200E-1", "0.0120e+4", "120.000e0"}) {
    CAPTURE(text);
    const Decimal found = decimal(text);
    CHECK(found.value == 120);
    CHECK(found.whole);
    CHECK(is_integer(parsed(text)));
  }
  CHECK(decimal("16.1", 1).value == 161);
  CHECK(decimal("-16.1", 1).value == -161);
  CHECK(decimal("16.19", 1).value == 161);
  CHECK(!decimal("16.19", 1).whole);
  CHECK(decimal("0e999").value == 0);
  CHECK(decimal("0.000e-999").value == 0);
  CHECK(decimal("1e-999").value == 0);
  CHECK(!decimal("1e-999").whole);
  CHECK(decimal("1e99999999999").value == INT64_MAX);
  CHECK(decimal("-1e30").value == -INT64_MAX);
  CHECK(decimal("123456789012345678901234567890").value == INT64_MAX);
  CHECK(decimal("1.00000000000000000000000000001").value == 1);
  CHECK(!decimal("1.00000000000000000000000000001").whole);
  CHECK(decimal("1.00000000000000000000000000000").whole);
}

TEST_CASE("A whole number is one that 32 bits hold") {
  CHECK(is_integer(parsed("2147483647")));
  CHECK(is_integer(parsed("-2147483648")));
  CHECK(integer_of(parsed("{\"a\":-2147483648}"), "a") == INT32_MIN);
  for (const char* text : {"2147483648", "-2147483649", "1.5", "1e10", "1e-1", "\"1\"", "true"}) {
    CAPTURE(text);
    CHECK(!is_integer(parsed(text)));
  }
  CHECK(!is_integer(nullptr));
  CHECK(integer_of(parsed("{\"a\":1.5}"), "a", 7) == 7);
  CHECK(std::string(text_of(parsed("{\"a\":1}"), "a", "none")) == "none");
}
