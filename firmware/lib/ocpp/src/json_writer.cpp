#include "ocpp/json_writer.h"

#include "ocpp/text.h"

namespace evse::ocpp {

void JsonWriter::clear() {
  size_ = 0;
  comma_ = false;
  fits_ = true;
}

void JsonWriter::rewind(Mark mark) {
  size_ = mark.size;
  comma_ = mark.comma;
  fits_ = true;
}

void JsonWriter::put(char c) {
  if (size_ < capacity_) {
    buffer_[size_++] = c;
  } else {
    fits_ = false;
  }
}

void JsonWriter::put(const char* text) {
  for (; *text != '\0'; ++text) put(*text);
}

void JsonWriter::quoted(const char* text) {
  constexpr char kHex[] = "0123456789abcdef";
  put('"');
  for (; *text != '\0'; ++text) {
    const auto byte = static_cast<unsigned char>(*text);
    if (*text == '"' || *text == '\\') {
      put('\\');
      put(*text);
    } else if (byte < 0x20) {
      put("\\u00");
      put(kHex[byte >> 4]);
      put(kHex[byte & 15]);
    } else {
      put(*text);
    }
  }
  put('"');
}

void JsonWriter::begin(const char* name) {
  if (comma_) put(',');
  comma_ = true;
  if (name != nullptr) {
    quoted(name);
    put(':');
  }
}

void JsonWriter::open(const char* name, char bracket) {
  begin(name);
  put(bracket);
  comma_ = false;
}

void JsonWriter::close(char bracket) {
  put(bracket);
  comma_ = true;
}

void JsonWriter::text(const char* name, const char* value) {
  begin(name);
  quoted(value);
}

void JsonWriter::integer(const char* name, int64_t value) {
  begin(name);
  Text<20> digits;
  digits.add(value);
  put(digits.get());
}

void JsonWriter::boolean(const char* name, bool value) {
  begin(name);
  put(value ? "true" : "false");
}

void JsonWriter::decimal(const char* name, int64_t tenths) {
  begin(name);
  Text<22> digits;
  if (tenths < 0) digits.put('-');
  const int64_t size = tenths < 0 ? -tenths : tenths;
  digits.add(size / 10).put('.').add(size % 10);
  put(digits.get());
}

}  // namespace evse::ocpp
