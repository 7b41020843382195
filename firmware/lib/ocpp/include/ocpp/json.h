// Reading JSON: cJSON over an arena of fixed size, which is empty again after each frame.
#pragma once

#include <stdint.h>

#if __has_include(<cjson/cJSON.h>)
#include <cjson/cJSON.h>
#else
#include <cJSON.h>
#endif

namespace evse::ocpp {

enum class Parsed : uint8_t {
  Fine,
  NoJson,
  TooMuch,  // more values than there is room for, or nested too deeply
};

// Parses `size` bytes. What it returns is good until the next call: there is one arena.
Parsed parse_json(const char* text, int size, const cJSON*& value);

// The field of an object, null where there is none.
const cJSON* field(const cJSON* object, const char* name);
// Of payloads that the schema has passed: the text of a field, or `otherwise`.
const char* text_of(const cJSON* object, const char* name, const char* otherwise = "");
int32_t integer_of(const cJSON* object, const char* name, int32_t otherwise = 0);
// A whole number that 32 bits hold.
bool is_integer(const cJSON* value);

}  // namespace evse::ocpp
