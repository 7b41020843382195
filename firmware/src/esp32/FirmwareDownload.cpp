#include "FirmwareDownload.h"

#include <string.h>

#include "HttpsRequest.h"

namespace evse::esp32 {

namespace {

constexpr uint32_t kStackBytes = 8192;
constexpr UBaseType_t kPriority = 1;
constexpr int kPieceBytes = 1024;
constexpr int kOk = 200;

}  // namespace

bool FirmwareDownload::begin(const char* ca_pem) {
  ca_pem_ = ca_pem;
  orders_ = xQueueCreate(1, sizeof(Order));
  return orders_ != nullptr && xTaskCreatePinnedToCore(run, "firmware", kStackBytes, this,
                                                       kPriority, nullptr, 0) == pdPASS;
}

uint8_t FirmwareDownload::running_slot() const {
  return static_cast<uint8_t>(esp_ota_get_running_partition()->subtype);
}

hal::Updater::State FirmwareDownload::state() {
  portENTER_CRITICAL(&exchange_);
  const State now = state_;
  portEXIT_CRITICAL(&exchange_);
  return now;
}

void FirmwareDownload::abandon() {
  portENTER_CRITICAL(&exchange_);
  ++number_;
  state_ = State::Idle;
  portEXIT_CRITICAL(&exchange_);
}

void FirmwareDownload::order(Step step, const char* url) {
  Order order = {};
  order.step = step;
  strncpy(order.url, url, sizeof order.url - 1);
  portENTER_CRITICAL(&exchange_);
  order.number = ++number_;
  state_ = State::Working;
  portEXIT_CRITICAL(&exchange_);
  xQueueOverwrite(orders_, &order);
}

bool FirmwareDownload::is_wanted(const Order& order) {
  portENTER_CRITICAL(&exchange_);
  const bool wanted = order.number == number_;
  portEXIT_CRITICAL(&exchange_);
  return wanted;
}

// --- in the task ---

void FirmwareDownload::run(void* self) {
  for (;;) {
    Order order = {};
    FirmwareDownload& download = *static_cast<FirmwareDownload*>(self);
    if (xQueueReceive(download.orders_, &order, portMAX_DELAY) == pdTRUE) download.work(order);
  }
}

void FirmwareDownload::work(const Order& order) {
  const char* wrong = nullptr;
  switch (order.step) {
    case Step::Fetch:
      wrong = fetch(order);
      break;
    case Step::Verify:
      wrong = "signatures are not checked on this board yet";
      break;
    case Step::Install:
      wrong = update_.switch_over();
      break;
  }
  portENTER_CRITICAL(&exchange_);
  if (order.number == number_) {
    why_ = wrong == nullptr ? "" : wrong;
    state_ = wrong == nullptr ? State::Done : State::Failed;
  }
  portEXIT_CRITICAL(&exchange_);
}

// Null: the image is in the other partition, and whole. Otherwise why not.
const char* FirmwareDownload::fetch(const Order& order) {
  if (*ca_pem_ == '\0') return "no CA is set that a file server could be believed by";
  const esp_http_client_config_t config = https_request(order.url, ca_pem_);
  esp_http_client_handle_t client = esp_http_client_init(&config);
  if (client == nullptr) return "no URL that there is a way to";
  const char* wrong = nullptr;
  if (esp_http_client_open(client, 0) != ESP_OK) {
    wrong = "the server cannot be reached, or not believed";
  } else if (esp_http_client_fetch_headers(client) < 0 ||
             esp_http_client_get_status_code(client) != kOk) {
    wrong = "the server does not give the file";
  } else {
    wrong = receive(client, order);
  }
  esp_http_client_cleanup(client);  // Closes it first.
  return wrong;
}

const char* FirmwareDownload::receive(void* connection, const Order& order) {
  auto* client = static_cast<esp_http_client_handle_t>(connection);
  const char* wrong = update_.begin();
  if (wrong != nullptr) return wrong;
  char piece[kPieceBytes];
  for (;;) {
    const int size = esp_http_client_read(client, piece, kPieceBytes);
    if (size == 0 && esp_http_client_is_complete_data_received(client)) break;
    if (size <= 0) wrong = "the connection has broken off";
    if (wrong == nullptr && !is_wanted(order)) wrong = "abandoned";
    if (wrong == nullptr &&
        !update_.write(reinterpret_cast<const uint8_t*>(piece), static_cast<size_t>(size))) {
      wrong = "the flash does not take it";
    }
    if (wrong != nullptr) {
      update_.abandon();
      return wrong;
    }
  }
  return update_.complete();
}

}  // namespace evse::esp32
