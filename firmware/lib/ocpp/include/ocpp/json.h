// Reading JSON (RFC 8259) in place: a frame is taken apart where it lies, without a heap.
//
// A value is eight bytes that point into the frame. Texts and names end with a NUL where their
// closing quotation mark was, their escapes resolved; numbers stay as they were written.
#pragma once

#include <stdint.h>

namespace evse::ocpp {

enum class Parsed : uint8_t {
  Fine,
  NoJson,
  TooMuch,  // more values than there is room for, or nested too deeply
};

struct Json {
  enum class Kind : uint8_t { Null, False, True, Number, Text, List, Object };

  // Of a member of an object: its name; of a text: its bytes. Otherwise "".
  const char* name() const;
  const char* text() const;
  // The next one in the same list or object, null after the last.
  const Json* next() const;

  uint16_t name_at = 0;   // in the frame; 0: none, as no name is the first byte
  uint16_t value_at = 0;  // text, number: in the frame; list, object: number of the first value, or 0
  uint16_t next_at = 0;   // number of the next value, or 0
  Kind kind = Kind::Null;
};

// Parses `size` bytes, which it writes into. What it finds is good until the next call: there is
// room for one frame in the program.
Parsed parse_json(char* text, int size, const Json*& value);

// Null is none of these.
bool is_text(const Json* value);
bool is_number(const Json* value);
bool is_boolean(const Json* value);
bool is_list(const Json* value);
bool is_object(const Json* value);
// A whole number that 32 bits hold, however it is written.
bool is_integer(const Json* value);

// Of a list or an object; null and 0 where it is empty, or neither.
const Json* first_of(const Json* value);
int size_of(const Json* value);
const Json* item(const Json* list, int index);

// The field of an object, null where there is none; of two with one name the first.
const Json* field(const Json* object, const char* name);
// Of payloads that the schema has passed: the text of a field, or `otherwise`.
const char* text_of(const Json* object, const char* name, const char* otherwise = "");
int32_t integer_of(const Json* object, const char* name, int32_t otherwise = 0);

// A number times 10^`places`, cut towards zero; what 63 bits do not hold is their greatest.
struct Decimal {
  int64_t value = 0;
  bool whole = true;  // nothing was cut
};
Decimal decimal_of(const Json& number, int places);

}  // namespace evse::ocpp
