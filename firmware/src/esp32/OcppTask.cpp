#include "OcppTask.h"

#include <esp_system.h>
#include <esp_timer.h>

#include <new>

namespace evse::esp32 {

namespace {

constexpr uint32_t kStackBytes = 12288;
constexpr UBaseType_t kPriority = 3;
constexpr uint32_t kPollMs = 10;
constexpr size_t kTagBytes = 21;
constexpr int kLeastKeyBytes = 16;  // OCPP-J 1.6 6.2

}  // namespace

uint64_t SystemClock::now_us() { return static_cast<uint64_t>(esp_timer_get_time()); }

void SerialLog::event(int connector, const char* text) {
  Serial.printf("ocpp %d: %s\n", connector, text);
}

const char* OcppTask::begin() {
  url_ = settings_.text("ocpp_url");
  identity_ = settings_.text("ocpp_id");
  key_ = settings_.text("ocpp_key");
  ca_pem_ = settings_.text("ocpp_ca");
  if (url_.length() == 0 || identity_.length() == 0) return nullptr;
  const int key_size = static_cast<int>(key_.length());
  if (key_size != 0 && (key_size < kLeastKeyBytes || key_size > ocpp::kKeyBytes)) {
    return "ocpp_key has to have 16 to 20 characters";
  }
  if (url_.length() > static_cast<unsigned>(ocpp::kUrl)) return "ocpp_url is too long";
  ocpp::Settings client;
  client.url = url_.c_str();
  client.identity = identity_.c_str();
  client.key = reinterpret_cast<const uint8_t*>(key_.c_str());
  client.key_size = key_size;
  client.model = "evse-esp32";
  client.hardware[0] = kHardware.charger;
  client.seed = esp_random();
  if (!download_.begin(ca_pem_.c_str())) return "memory for new firmware";
  client.equipment.updater = &download_;
  if (!logs_.begin(ca_pem_.c_str())) return "memory for logs";
  client.equipment.uploader = &logs_;
  profile_ = settings_.text("ocpp_profile");
  if (profile_.length() > 0) {
    if (!store_.begin(ca_pem_)) return "memory for certificates";
    transport_.use(store_);
    factory_ = {"SecurityProfile", profile_.c_str()};
    client.factory = &factory_;
    client.factory_count = 1;
    client.secured = true;
    client.equipment.certificates = &certificates_;
  }
  tags_ = xQueueCreate(1, kTagBytes);
  if (tags_ == nullptr || !transport_.begin(ca_pem_.c_str())) return "memory for the network";
  client_ = new (std::nothrow) OcppStack(client, transport_, fram_, clock_, log_);
  if (client_ == nullptr) return "memory for the OCPP client";
  if (xTaskCreatePinnedToCore(run, "ocpp", kStackBytes, this, kPriority, nullptr, 0) != pdPASS) {
    return "the OCPP task";
  }
  return nullptr;
}

void OcppTask::show_tag(const char (&tag_id)[20]) {
  if (tags_ == nullptr) return;
  char tag[kTagBytes] = {};
  for (int i = 0; i < 20; ++i) tag[i] = tag_id[i];
  xQueueOverwrite(tags_, tag);  // The last one that was shown is the one that is meant.
}

void OcppTask::run(void* self) {
  for (;;) {
    static_cast<OcppTask*>(self)->poll();
    vTaskDelay(pdMS_TO_TICKS(kPollMs));
  }
}

void OcppTask::poll() {
  uint64_t now_us = clock_.now_us();
  client_->report(now_us, 1, evse_.report());
  char tag[kTagBytes];
  if (xQueueReceive(tags_, tag, 0) == pdTRUE) client_->present_tag(now_us, 1, tag);
  client_->poll(now_us);
  evse_.command(client_->command(1));
  // Whichever kind: on this board the controller and this side share one chip.
  if (client_->reset_wanted() != ResetWanted::None) ESP.restart();
}

}  // namespace evse::esp32
