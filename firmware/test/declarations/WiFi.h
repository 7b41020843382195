// docs.espressif.com/projects/arduino-esp32/en/latest/api/wifi.html
#pragma once

#include "Arduino.h"

class IPAddress {
 public:
  IPAddress();
};

typedef enum { WIFI_MODE_NULL = 0, WIFI_MODE_STA, WIFI_MODE_AP, WIFI_MODE_APSTA } wifi_mode_t;
#define WIFI_STA WIFI_MODE_STA
#define WIFI_AP WIFI_MODE_AP

typedef enum { WL_IDLE_STATUS = 0, WL_CONNECTED = 3, WL_DISCONNECTED = 6 } wl_status_t;

class WiFiClass {
 public:
  void persistent(bool persistent);
  bool mode(wifi_mode_t mode);
  bool setAutoReconnect(bool reconnect);
  wl_status_t begin(const char* ssid, const char* passphrase = nullptr, int32_t channel = 0,
                    const uint8_t* bssid = nullptr, bool connect = true);
  wl_status_t status();
  bool softAP(const char* ssid, const char* passphrase = nullptr, int channel = 1,
              int ssid_hidden = 0, int max_connection = 4, bool ftm_responder = false);
  IPAddress softAPIP();
};
extern WiFiClass WiFi;
