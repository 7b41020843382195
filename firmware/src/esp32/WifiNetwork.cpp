#include "WifiNetwork.h"

namespace evse::esp32 {

namespace {

constexpr char kSetupNetwork[] = "evseloop-setup";
constexpr uint16_t kDnsPort = 53;
constexpr uint32_t kRestartAfterMs = 1500;  // so that the answer gets through
constexpr const char* kAsked[] = {"wifi_ssid", "wifi_password", "ocpp_url", "ocpp_id",
                                  "ocpp_key",  "ocpp_ca"};
constexpr char kMultiLine[] = "ocpp_ca";

}  // namespace

void WifiNetwork::begin() {
  // Else the driver writes to flash by itself whenever it connects (docs/decisions/0026).
  WiFi.persistent(false);
  const String ssid = settings_.text("wifi_ssid");
  if (ssid.length() == 0) {
    begin_setup();
    return;
  }
  WiFi.mode(WIFI_STA);
  WiFi.setAutoReconnect(true);
  WiFi.begin(ssid.c_str(), settings_.text("wifi_password").c_str());
}

// Every name leads here, so that a phone shows the page by itself.
void WifiNetwork::begin_setup() {
  in_setup_ = true;
  WiFi.mode(WIFI_AP);
  WiFi.softAP(kSetupNetwork, settings_.text("setup_password").c_str());
  dns_.start(kDnsPort, "*", WiFi.softAPIP());
  web_.on("/save", HTTP_POST, [this] { take_form(); });
  web_.onNotFound([this] { serve_form(); });
  web_.begin();
}

void WifiNetwork::poll() {
  if (!in_setup_) return;
  dns_.processNextRequest();
  web_.handleClient();
  if (restarting_ && millis() - saved_ms_ >= kRestartAfterMs) ESP.restart();
}

// Nothing that is set is shown: whoever has the setup network's password may write, not read.
void WifiNetwork::serve_form() {
  String page = "<!doctype html><meta name=viewport content='width=device-width'>"
                "<title>Charger setup</title><h1>Charger setup</h1>"
                "<form method=post action=/save>";
  for (const Setting& setting : kSettings) {
    for (const char* asked : kAsked) {
      if (strcmp(asked, setting.key) != 0) continue;
      page += String("<p><label>") + setting.about + "<br>";
      if (strcmp(asked, kMultiLine) == 0) {
        page += String("<textarea name=") + setting.key + " maxlength=3900></textarea></label>";
        continue;
      }
      page += String("<input name=") + setting.key + " maxlength=200" +
              (setting.secret ? " type=password" : "") + "></label>";
    }
  }
  web_.send(200, "text/html; charset=utf-8", page + "<p><button>Save and restart</button></form>");
}

void WifiNetwork::take_form() {
  for (const char* key : kAsked) {
    const String value = web_.arg(key);
    if (value.length() == 0) continue;  // What is left empty stays.
    const char* why = settings_.set(evse_, key, value);
    if (why != nullptr) {
      web_.send(400, "text/plain; charset=utf-8", String(key) + ": " + why);
      return;
    }
  }
  web_.send(200, "text/plain; charset=utf-8", "Saved. The charger restarts.");
  restarting_ = true;
  saved_ms_ = millis();
}

}  // namespace evse::esp32
