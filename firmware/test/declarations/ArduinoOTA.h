// libraries/ArduinoOTA/src/ArduinoOTA.h of the Arduino core 2.0.17
#pragma once

#include "Arduino.h"

class ArduinoOTAClass {
 public:
  ArduinoOTAClass& setHostname(const char* hostname);
  ArduinoOTAClass& setPassword(const char* password);
  void begin();
  void handle();
};
extern ArduinoOTAClass ArduinoOTA;
