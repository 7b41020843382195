#include "ocpp/json.h"

#include <stddef.h>

#include "ocpp/sizes.h"

namespace evse::ocpp {

namespace {

// One for the whole program: the hooks of cJSON know no context.
struct Arena {
  alignas(double) unsigned char bytes[kArena] = {};
  size_t used = 0;
  bool exhausted = false;
};

Arena arena;

void* take(size_t size) {
  constexpr size_t kAlign = alignof(double);  // the widest that is in a value of cJSON
  const size_t rounded = (size + kAlign - 1) / kAlign * kAlign;
  if (rounded < size || rounded > sizeof(arena.bytes) - arena.used) {
    arena.exhausted = true;
    return nullptr;
  }
  void* found = arena.bytes + arena.used;
  arena.used += rounded;
  return found;
}

void leave(void*) {}  // All of it goes at once, before the next frame.

// cJSON goes down one call per level, and the stack of a task is small.
bool nested_too_deeply(const char* text, int size) {
  int depth = 0;
  bool quoted = false;
  for (int i = 0; i < size; ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kNesting) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace

Parsed parse_json(const char* text, int size, const cJSON*& value) {
  cJSON_Hooks hooks = {take, leave};
  cJSON_InitHooks(&hooks);
  arena.used = 0;
  arena.exhausted = false;
  value = nullptr;
  if (nested_too_deeply(text, size)) return Parsed::TooMuch;
  const char* end = nullptr;
  value = cJSON_ParseWithLengthOpts(text, static_cast<size_t>(size), &end, 0);
  if (value == nullptr) return arena.exhausted ? Parsed::TooMuch : Parsed::NoJson;
  for (; end < text + size; ++end) {
    if (*end != ' ' && *end != '\t' && *end != '\r' && *end != '\n') return Parsed::NoJson;
  }
  return Parsed::Fine;
}

const cJSON* field(const cJSON* object, const char* name) {
  return cJSON_GetObjectItemCaseSensitive(object, name);
}

const char* text_of(const cJSON* object, const char* name, const char* otherwise) {
  const cJSON* found = field(object, name);
  return cJSON_IsString(found) ? found->valuestring : otherwise;
}

int32_t integer_of(const cJSON* object, const char* name, int32_t otherwise) {
  const cJSON* found = field(object, name);
  return is_integer(found) ? static_cast<int32_t>(found->valuedouble) : otherwise;
}

bool is_integer(const cJSON* value) {
  if (!cJSON_IsNumber(value)) return false;
  const double number = value->valuedouble;
  if (!(number >= -2147483648.0 && number <= 2147483647.0)) return false;
  return static_cast<double>(static_cast<int32_t>(number)) == number;
}

}  // namespace evse::ocpp
