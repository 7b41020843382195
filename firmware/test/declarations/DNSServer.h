// libraries/DNSServer/src/DNSServer.h of the Arduino core 2.0.17
#pragma once

#include "WiFi.h"

class DNSServer {
 public:
  void processNextRequest();
  bool start(const uint16_t& port, const String& domain_name, const IPAddress& resolved);
};
