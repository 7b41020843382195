// Commands over the serial port, for whoever has the board in front of them.
#pragma once

#include <Arduino.h>

#include "Settings.h"

namespace evse::esp32 {

class SerialConsole {
 public:
  SerialConsole(Settings& settings, EvseController& evse) : settings_(settings), evse_(evse) {}

  // Reads what has come in, and never waits for more.
  void poll();

  // What the console asks of the charging process; nothing as long as nothing was typed.
  const Command& command() const { return command_; }

 private:
  void obey(const String& line);
  void help();
  void show();
  void status();

  Settings& settings_;
  EvseController& evse_;
  Command command_;
  String line_;
};

}  // namespace evse::esp32
