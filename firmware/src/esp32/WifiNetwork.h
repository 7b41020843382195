// Wi-Fi: the network of the place, or one of our own for the setup as long as none is set.
#pragma once

#include <DNSServer.h>
#include <WebServer.h>
#include <WiFi.h>

#include "Settings.h"

namespace evse::esp32 {

class WifiNetwork {
 public:
  WifiNetwork(Settings& settings, EvseController& evse) : settings_(settings), evse_(evse), web_(80) {}

  void begin();
  void poll();

  bool in_setup() const { return in_setup_; }
  bool online() const { return !in_setup_ && WiFi.status() == WL_CONNECTED; }

 private:
  void begin_setup();
  void serve_form();
  void take_form();

  Settings& settings_;
  EvseController& evse_;
  WebServer web_;
  DNSServer dns_;
  bool in_setup_ = false;
  bool restarting_ = false;
  uint32_t saved_ms_ = 0;
};

}  // namespace evse::esp32
