// The text of one entry of a cabinet, on the heap that mbedTLS takes as well. It may hold a key:
// it is wiped at its end.
#pragma once

#include <stdint.h>

#include "certificates/cabinet.h"

namespace evse::certificates {

class Entry {
 public:
  Entry();
  ~Entry();
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

  // False: there is none, no memory, or it cannot be read.
  bool read(const Cabinet& cabinet, const char* name);
  const char* text() const { return text_ == nullptr ? "" : text_; }
  // With the zero at its end, as mbedTLS counts what is PEM.
  const uint8_t* bytes() const { return reinterpret_cast<const uint8_t*>(text()); }
  int size() const;

  // Adds to its end. False: no room, or no memory.
  bool add(const char* text);
  bool add_certificate(const uint8_t* der, int size);

 private:
  char* text_;
};

}  // namespace evse::certificates
