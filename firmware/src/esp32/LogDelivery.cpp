#include "LogDelivery.h"

#include <stdio.h>
#include <string.h>

#include <new>

namespace evse::esp32 {

namespace {

constexpr uint32_t kStackBytes = 8192;
constexpr UBaseType_t kPriority = 1;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr char kNoWay[] = "no URL that there is a way to";
constexpr char kUnreachable[] = "the server cannot be reached, or not believed";
constexpr char kBoundary[] = "evseloop-7d1c0f5a2b94";  // no line of a log has it

// The URL of a file in a folder; its query stays at the end.
void inside(const char* folder, const char* name, char* url, size_t capacity) {
  const char* query = strchr(folder, '?');
  const size_t path = query == nullptr ? strlen(folder) : static_cast<size_t>(query - folder);
  const bool slash = path > 0 && folder[path - 1] == '/';
  snprintf(url, capacity, "%.*s%s%s%s", static_cast<int>(path), folder, slash ? "" : "/", name,
           query == nullptr ? "" : query);
}

bool write_all(esp_http_client_handle_t client, const char* text, int size) {
  while (size > 0) {
    const int written = esp_http_client_write(client, text, size);
    if (written <= 0) return false;
    text += written;
    size -= written;
  }
  return true;
}

}  // namespace

LogDelivery::Parcel::~Parcel() {
  for (char* piece : pieces) delete[] piece;
}

bool LogDelivery::begin(const char* ca_pem) {
  ca_pem_ = ca_pem;
  parcels_ = xQueueCreate(1, sizeof(uintptr_t));  // of a pointer
  return parcels_ != nullptr && xTaskCreatePinnedToCore(run, "logs", kStackBytes, this, kPriority,
                                                        nullptr, 0) == pdPASS;
}

hal::Uploader::State LogDelivery::state() {
  portENTER_CRITICAL(&exchange_);
  const State now = state_;
  portEXIT_CRITICAL(&exchange_);
  return now;
}

void LogDelivery::abandon() {
  portENTER_CRITICAL(&exchange_);
  ++number_;
  state_ = State::Idle;
  portEXIT_CRITICAL(&exchange_);
  delete filling_;
  filling_ = nullptr;
}

void LogDelivery::fail(const char* why) {
  abandon();
  portENTER_CRITICAL(&exchange_);
  state_ = State::Failed;
  why_ = why;
  portEXIT_CRITICAL(&exchange_);
}

void LogDelivery::begin(const char* url, const char* name) {
  abandon();
  if (*ca_pem_ == '\0') {
    fail("no CA is set that a file server could be believed by");
    return;
  }
  filling_ = new (std::nothrow) Parcel;
  if (filling_ == nullptr) {
    fail("no memory for a log");
    return;
  }
  strncpy(filling_->url, url, sizeof filling_->url - 1);
  strncpy(filling_->name, name, sizeof filling_->name - 1);
  portENTER_CRITICAL(&exchange_);
  filling_->number = number_;
  state_ = State::Sending;
  portEXIT_CRITICAL(&exchange_);
}

int LogDelivery::put(const char* text, int size) {
  if (filling_ == nullptr) return 0;
  const int index = filling_->size / kPieceBytes;
  if (index == kMostPieces) {
    fail("the log is larger than there is room for");
    return 0;
  }
  char*& piece = filling_->pieces[index];
  if (piece == nullptr) piece = new (std::nothrow) char[kPieceBytes];
  if (piece == nullptr) {
    fail("no memory for a log");
    return 0;
  }
  const int at = filling_->size % kPieceBytes;
  const int taken = size < kPieceBytes - at ? size : kPieceBytes - at;
  memcpy(piece + at, text, static_cast<size_t>(taken));
  filling_->size += taken;
  return taken;
}

void LogDelivery::finish() {
  if (filling_ == nullptr) return;
  // The task may still be at one that was abandoned; this one waits for it, a further one does not.
  Parcel* const parcel = filling_;
  filling_ = nullptr;
  if (xQueueSend(parcels_, &parcel, 0) == pdTRUE) return;
  delete parcel;
  fail("the log before this one is still under way");
}

// --- in the task ---

void LogDelivery::run(void* self) {
  LogDelivery& delivery = *static_cast<LogDelivery*>(self);
  for (;;) {
    Parcel* parcel = nullptr;
    if (xQueueReceive(delivery.parcels_, &parcel, portMAX_DELAY) != pdTRUE) continue;
    delivery.deliver(*parcel);
    delete parcel;
  }
}

void LogDelivery::deliver(const Parcel& parcel) {
  portENTER_CRITICAL(&exchange_);
  const bool wanted = parcel.number == number_;
  portEXIT_CRITICAL(&exchange_);
  if (!wanted) return;
  const Answer answer = put_file(parcel);
  portENTER_CRITICAL(&exchange_);
  if (parcel.number == number_) {
    state_ = answer.state;
    why_ = answer.why;
  }
  portEXIT_CRITICAL(&exchange_);
}

LogDelivery::Answer LogDelivery::put_file(const Parcel& parcel) {
  char url[kUrlBytes + kNameBytes];
  inside(parcel.url, parcel.name, url, sizeof url);
  esp_http_client_config_t config = https_request(url, ca_pem_);
  config.method = HTTP_METHOD_PUT;
  esp_http_client_handle_t client = esp_http_client_init(&config);
  if (client == nullptr) return {State::Failed, kNoWay};
  Answer answer = {State::Failed, kUnreachable};
  int status = 0;
  if (esp_http_client_set_header(client, "Content-Type", "text/plain") == ESP_OK &&
      esp_http_client_open(client, parcel.size) == ESP_OK && write_pieces(client, parcel)) {
    answer = answer_of(client, status);
  }
  esp_http_client_cleanup(client);  // Closes it first.
  // A server that does not take PUT into a folder may take a form that is posted there.
  return status == 404 || status == 405 || status == 501 ? post_form(parcel) : answer;
}

LogDelivery::Answer LogDelivery::post_form(const Parcel& parcel) {
  char head[256];
  const int head_size = snprintf(head, sizeof head,
                                 "--%s\r\nContent-Disposition: form-data; name=\"file\"; "
                                 "filename=\"%s\"\r\nContent-Type: text/plain\r\n\r\n",
                                 kBoundary, parcel.name);
  char tail[64];
  const int tail_size = snprintf(tail, sizeof tail, "\r\n--%s--\r\n", kBoundary);
  char type[80];
  snprintf(type, sizeof type, "multipart/form-data; boundary=%s", kBoundary);
  esp_http_client_config_t config = https_request(parcel.url, ca_pem_);
  config.method = HTTP_METHOD_POST;
  esp_http_client_handle_t client = esp_http_client_init(&config);
  if (client == nullptr) return {State::Failed, kNoWay};
  Answer answer = {State::Failed, kUnreachable};
  if (esp_http_client_set_header(client, "Content-Type", type) == ESP_OK &&
      esp_http_client_open(client, head_size + parcel.size + tail_size) == ESP_OK &&
      write_all(client, head, head_size) && write_pieces(client, parcel) &&
      write_all(client, tail, tail_size)) {
    int ignored = 0;
    answer = answer_of(client, ignored);
  }
  esp_http_client_cleanup(client);
  return answer;
}

bool LogDelivery::write_pieces(esp_http_client_handle_t client, const Parcel& parcel) {
  for (int at = 0; at < parcel.size; at += kPieceBytes) {
    const int rest = parcel.size - at;
    const int size = rest < kPieceBytes ? rest : kPieceBytes;
    if (!write_all(client, parcel.pieces[at / kPieceBytes], size)) return false;
  }
  return true;
}

LogDelivery::Answer LogDelivery::answer_of(esp_http_client_handle_t client, int& status) {
  if (esp_http_client_fetch_headers(client) < 0) {
    return {State::Failed, "the server does not answer"};
  }
  status = esp_http_client_get_status_code(client);
  if (status >= 200 && status < 300) return {State::Done, ""};
  const bool denied = status == kUnauthorized || status == kForbidden;
  return {denied ? State::Denied : State::Failed, "the server does not take the file"};
}

}  // namespace evse::esp32
