// docs.espressif.com/projects/arduino-esp32/en/latest/api/preferences.html
#pragma once

#include "Arduino.h"

class Preferences {
 public:
  bool begin(const char* name, bool read_only = false);
  bool isKey(const char* key);
  size_t putString(const char* key, const char* value);
  size_t putString(const char* key, String value);
  bool remove(const char* key);
  String getString(const char* key, String fallback = String());
};
