// Where a charger keeps its certificates and keys: texts by name, in a memory that nobody else
// reads.
#pragma once

namespace evse::certificates {

class Cabinet {
 public:
  static constexpr int kMostText = 12 * 1024;  // of one entry, with the zero that ends it
  static constexpr int kLongestName = 15;      // as in ESP-IDF's key-value store

  virtual bool has(const char* name) const = 0;
  // The text into `text`, ended by a zero. False: there is none, it is longer, or cannot be read.
  virtual bool read(const char* name, char* text, int capacity) const = 0;
  // The entry is the old one or the new one, whenever power goes. False: the memory does not take
  // it now, as it may not be written to while charging, or fails.
  virtual bool write(const char* name, const char* text) = 0;
  virtual bool erase(const char* name) = 0;

 protected:
  ~Cabinet() = default;
};

}  // namespace evse::certificates
