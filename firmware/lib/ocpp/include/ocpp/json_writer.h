// Writes JSON into a buffer of fixed size.
#pragma once

#include <stdint.h>

namespace evse::ocpp {

// What does not fit turns `fits` to false, and nothing of the text may be used then.
class JsonWriter {
 public:
  JsonWriter(char* buffer, int capacity) : buffer_(buffer), capacity_(capacity) {}

  void clear();
  bool fits() const { return fits_; }
  int size() const { return size_; }

  // Inside a list `name` is null.
  void open_object(const char* name = nullptr) { open(name, '{'); }
  void close_object() { close('}'); }
  void open_list(const char* name = nullptr) { open(name, '['); }
  void close_list() { close(']'); }
  void text(const char* name, const char* value);
  void integer(const char* name, int64_t value);
  void boolean(const char* name, bool value);
  // `tenths` / 10 with one decimal, as a number.
  void decimal(const char* name, int64_t tenths);

  // Where the text ends now, to come back to where more turns out not to fit.
  struct Mark {
    int size;
    bool comma;
  };
  Mark mark() const { return {size_, comma_}; }
  void rewind(Mark mark);
  int room() const { return capacity_ - size_; }

 private:
  void open(const char* name, char bracket);
  void close(char bracket);
  void begin(const char* name);
  void put(char c);
  void put(const char* text);
  void quoted(const char* text);

  char* buffer_;
  int capacity_;
  int size_ = 0;
  bool comma_ = false;
  bool fits_ = true;
};

}  // namespace evse::ocpp
