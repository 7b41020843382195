// Commands over the serial port, for whoever has the board in front of them.
#pragma once

#include <Arduino.h>

#include "OcppTask.h"
#include "Settings.h"

namespace evse::esp32 {

class SerialConsole {
 public:
  SerialConsole(Settings& settings, EvseController& evse, const OcppTask& ocpp)
      : settings_(settings), evse_(evse), ocpp_(ocpp) {}

  // Reads what has come in, and never waits for more.
  void poll();

 private:
  void obey(const String& line);
  bool command(const String& word, const String& rest);
  void help();
  void show();
  void status();

  Settings& settings_;
  EvseController& evse_;
  const OcppTask& ocpp_;
  Command command_;  // of a charger without a central system
  String line_;
  bool too_long_ = false;
};

}  // namespace evse::esp32
