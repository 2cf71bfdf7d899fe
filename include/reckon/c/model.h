// Models and what files say of themselves. Part of reckon.h.
#ifndef RECKON_C_MODEL_H
#define RECKON_C_MODEL_H

#include <reckon/c/base.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- models ---
//
//   static int show(void* data, uint64_t done_bytes, uint64_t total_bytes) {
//     fprintf((FILE*)data, "\r%3.0f %%", 100.0 * (double)done_bytes / (double)total_bytes);
//     return 0;
//   }
//
//   reckon_load_options options;
//   reckon_load_options_init(&options, sizeof options);
//   options.memory_limit = (uint64_t)8 << 30;
//   options.progress = show;
//   options.progress_data = stderr;
//   reckon_model* model;
//   const char* identity;
//   if (reckon_model_load("r1.gguf", &options, &model, NULL) == RECKON_OK) {
//     printf("%s in %.0f ms: kernels %s, %d threads, %u bytes of cache per token\n",
//            reckon_model_get_info(model)->name, reckon_model_load_ms(model), reckon_model_isa(model),
//            reckon_model_threads(model),
//            (unsigned)reckon_model_cache_bytes_per_token(model, RECKON_CACHE_Q8_0));
//     if (reckon_model_identity(model, &identity, NULL) == RECKON_OK) puts(identity);
//     reckon_model_free(model);
//   }

// A model, its weights packed for this processor. Whatever is made from it keeps what it needs of it: a model
// may be freed before its sessions.
typedef struct reckon_model reckon_model;

// Called while loading, on the loading thread, with bytes of weights packed. Not 0 stops the loading:
// RECKON_CANCELLED.
typedef int (*reckon_progress_function)(void* data, uint64_t done_bytes, uint64_t total_bytes);

enum { RECKON_LOG_INFO = 1, RECKON_LOG_WARNING = 2 };
// One line of what the library does, without a newline; valid during the call. Called on any thread that uses
// the model, on several at once if several do. The library itself never prints.
typedef void (*reckon_log_function)(void* data, int32_t level, const char* message);

// Asked now and then by what takes long, on the calling thread. Not 0 stops. It must not wait for a thread
// that uses the model; what it begins on the model itself is an error.
typedef int (*reckon_stop_function)(void* data);

// How a model is loaded.
typedef struct reckon_load_options {
  size_t size;            // as reckon_load_options_init() sets it
  uint64_t memory_limit;  // bytes the model's weights and caches may use; 0: what the system has available
  const char* isa;        // kernel set by name; NULL: the environment's RECKON_ISA, else the best
  reckon_progress_function progress;  // may be NULL
  void* progress_data;                // for progress
  reckon_log_function log;  // may be NULL; called as long as the model or something made from it lives
  void* log_data;           // for log
  int32_t threads;          // 1 to 256; 0: the cores this process may use
  int32_t reserved;         // 0
} reckon_load_options;

// Sets the defaults. `size` is sizeof *options of the calling program, which may be older or newer than the
// library. Does nothing for NULL or a size of less than a size_t. The same holds for each *_init().
RECKON_API void reckon_load_options_init(reckon_load_options* options, size_t size);

// A model from a GGUF file (for one in parts: its first). Options NULL: the defaults. The file stays open and
// is read at each step. Fails with RECKON_INVALID_ARGUMENT, IO, MALFORMED_FILE, UNSUPPORTED (a file, or a
// kernel set, that this build or processor can't run), OUT_OF_MEMORY, CANCELLED, and INTERNAL for an
// exception of a callback. The model is freed with reckon_model_free().
RECKON_API reckon_status reckon_model_load(const char* path, const reckon_load_options* options,
                                           reckon_model** out, reckon_error** error);
// The small model that is part of the library. Fails with RECKON_INVALID_ARGUMENT, UNSUPPORTED (a kernel set
// that this processor can't run), OUT_OF_MEMORY, CANCELLED, and INTERNAL for an exception of a callback.
// Freed as the above.
//
//   reckon_model* model;
//   if (reckon_model_embedded(NULL, &model, NULL) == RECKON_OK) reckon_model_free(model);
RECKON_API reckon_status reckon_model_embedded(const reckon_load_options* options, reckon_model** out,
                                               reckon_error** error);
// A model from the `size` bytes of a GGUF file, which stay where they are and as they are until the model and
// all that was made from it are freed. `name` stands for the path in messages; NULL: "(memory)". Fails with
// RECKON_INVALID_ARGUMENT, MALFORMED_FILE, UNSUPPORTED, OUT_OF_MEMORY, CANCELLED, INTERNAL, as
// reckon_model_load() does; freed as its model is.
//
//   static const unsigned char file[] = {'G', 'G', 'U', 'F'};  // and the rest of it
//
//   reckon_model* model;
//   if (reckon_model_from_memory(file, sizeof file, "r1", NULL, &model, NULL) == RECKON_OK) {
//     reckon_model_free(model);
//   }
RECKON_API reckon_status reckon_model_from_memory(const void* bytes, size_t size, const char* name,
                                                  const reckon_load_options* options, reckon_model** out,
                                                  reckon_error** error);

// Where a model's bytes come from.
typedef struct reckon_reader {
  size_t size;           // as reckon_reader_init() sets it
  uint64_t total_bytes;  // of the GGUF file
  const char* name;      // stands for the path in messages; NULL: "(reader)"
  // Copies bytes of the file from `offset` on to `to`, at most `count` and at least 1, and returns how many;
  // 0: there are no more; negative: they can't be read. 0 and less, and more than `count`, fail the caller
  // with RECKON_IO, the message beginning with `name`. All bytes asked for lie within total_bytes. Called
  // while loading and at each step, on any of the model's threads but never on two at once; must not use the
  // model.
  int64_t (*read)(void* data, uint64_t offset, void* to, size_t count);
  // Called once, when nothing reads any more, also if loading fails; may be NULL.
  void (*release)(void* data);
  void* data;  // for read() and release()
} reckon_reader;

// As reckon_load_options_init().
RECKON_API void reckon_reader_init(reckon_reader* reader, size_t size);
// A model from a reader, whose structure is needed during the call only. release() is called also if this
// fails, but for a reader whose `size` is wrong. Fails with RECKON_INVALID_ARGUMENT, IO (the reader can't, or
// what it returns can't be), MALFORMED_FILE, UNSUPPORTED, OUT_OF_MEMORY, CANCELLED, INTERNAL, as
// reckon_model_load() does; freed as its model is.
//
//   static int64_t read_file(void* data, uint64_t offset, void* to, size_t count) {
//     if (fseek((FILE*)data, (long)offset, SEEK_SET) != 0) return -1;
//     return (int64_t)fread(to, 1, count, (FILE*)data);
//   }
//   static void close_file(void* data) { fclose((FILE*)data); }
//
//   reckon_reader reader;
//   reckon_reader_init(&reader, sizeof reader);
//   reader.total_bytes = 1117320768;
//   reader.read = read_file;
//   reader.release = close_file;
//   reader.data = fopen("r1.gguf", "rb");
//   reckon_model* model;
//   if (reckon_model_from_reader(&reader, NULL, &model, NULL) == RECKON_OK) reckon_model_free(model);
RECKON_API reckon_status reckon_model_from_reader(const reckon_reader* reader,
                                                  const reckon_load_options* options, reckon_model** out,
                                                  reckon_error** error);
// Takes NULL. What was made from the model lives on; what was asked of it (its name and the like) does not.
// With the last of it, the model's threads end, its file is closed and its reader released.
RECKON_API void reckon_model_free(reckon_model* model);

// What a file says about itself. Filled by the library: fields past `size` bytes are not there.
typedef struct reckon_model_info {
  size_t size;                  // bytes of it that the library knows
  const char* file;             // path, or the name that stands for it
  const char* name;             // general.name, or the file's name
  const char* architecture;     // "qwen2", "llama", "qwen3"
  const char* file_type;        // weight types with their shares, such as "Q4_K (68 %), Q6_K (32 %)"
  uint64_t parameters;          // elements of all tensors
  uint64_t file_bytes;          // of all parts
  uint64_t context_length;      // positions the model was trained for
  uint64_t kv_bytes_per_token;  // of an f16 cache
  uint32_t gguf_version;        // of the file's format
  uint32_t layers;              // transformer blocks
  uint32_t hidden_size;         // elements of the residual stream
  uint32_t ffn_size;            // elements within a feed-forward block
  uint32_t heads;               // query heads of a layer
  uint32_t kv_heads;            // heads of keys and values; divides `heads`
  uint32_t head_dim;            // elements of a head
  uint32_t vocab_size;          // tokens in the vocabulary
  int32_t tied_output;          // 0 or 1, as the next two
  int32_t has_chat_template;    // the file has one, whether it parses or not
  int32_t has_think_tokens;     // <think> and </think> are tokens of the vocabulary
  int32_t reserved;             // 0
} reckon_model_info;

// Lives as long as the model; NULL for NULL.
RECKON_API const reckon_model_info* reckon_model_get_info(const reckon_model* model);
// Name of the kernel set in use. Lives as long as the model; "" for NULL.
RECKON_API const char* reckon_model_isa(const reckon_model* model);
// Threads that share its work; 0 for NULL.
RECKON_API int32_t reckon_model_threads(const reckon_model* model);
// Milliseconds that loading took; 0 for NULL.
RECKON_API double reckon_model_load_ms(const reckon_model* model);
// 32 hexadecimal digits that tell this model's file from others: see Model::identity() in model.hpp. Made
// when it is first asked for, which reads the file for some milliseconds. Lives as long as the model. Fails
// with RECKON_INVALID_ARGUMENT for NULL, IO (the file can't be read any more), OUT_OF_MEMORY.
RECKON_API reckon_status reckon_model_identity(const reckon_model* model, const char** out,
                                               reckon_error** error);

// How an attention cache keeps keys and values.
enum {
  RECKON_CACHE_F16 = 0,
  RECKON_CACHE_Q8_0 = 1  // 17/32 of the memory
};
// Bytes of cache per position of a sequence; 0 for NULL and for a number that is no RECKON_CACHE_*.
RECKON_API uint64_t reckon_model_cache_bytes_per_token(const reckon_model* model, int32_t cache_type);

// --- descriptions ---
//
//   reckon_description* file;
//   reckon_memory_estimate* memory;
//   if (reckon_describe("r1.gguf", &file, NULL) != RECKON_OK) return 1;
//   printf("%u layers\n", reckon_description_get_info(file)->layers);
//   for (size_t i = 0; i < reckon_description_key_count(file); i++) {
//     printf("%s = %s\n", reckon_description_key(file, i), reckon_description_value(file, i));
//   }
//   for (size_t i = 0; i < reckon_description_tensor_count(file); i++) {
//     uint64_t shape[4] = {0};
//     size_t dimensions = reckon_description_tensor_shape(file, i, shape, 4);
//     printf("%s: %s, %u dimensions, rows of %u, %u bytes\n", reckon_description_tensor_name(file, i),
//            reckon_description_tensor_type(file, i), (unsigned)dimensions, (unsigned)shape[0],
//            (unsigned)reckon_description_tensor_bytes(file, i));
//   }
//   if (reckon_description_estimate_memory(file, 4096, RECKON_CACHE_F16, &memory, NULL) == RECKON_OK) {
//     printf("%.1f GB at 4,096 tokens\n", (double)memory->total / 1e9);
//     reckon_free(memory);
//   }
//   reckon_description_free(file);

// A file's metadata and list of tensors, read without the weights.
typedef struct reckon_description reckon_description;

// Path NULL: the model that is part of the library. Fails with RECKON_INVALID_ARGUMENT (also for a
// later part of a split file), IO, MALFORMED_FILE, UNSUPPORTED, OUT_OF_MEMORY. Freed with
// reckon_description_free().
RECKON_API reckon_status reckon_describe(const char* path, reckon_description** out, reckon_error** error);
// Takes NULL. What was asked of the description is not to be used any more.
RECKON_API void reckon_description_free(reckon_description* description);
// This and what the following functions give lives as long as the description. NULL or 0 for a description
// that is NULL and for an index that is too great.
RECKON_API const reckon_model_info* reckon_description_get_info(const reckon_description* description);
// The number of metadata keys.
RECKON_API size_t reckon_description_key_count(const reckon_description* description);
// A key of the metadata.
RECKON_API const char* reckon_description_key(const reckon_description* description, size_t index);
// Its value as JSON; long arrays are cut, with their length.
RECKON_API const char* reckon_description_value(const reckon_description* description, size_t index);
// The number of tensors.
RECKON_API size_t reckon_description_tensor_count(const reckon_description* description);
// The name of a tensor.
RECKON_API const char* reckon_description_tensor_name(const reckon_description* description, size_t index);
// The weight type, such as "Q4_K".
RECKON_API const char* reckon_description_tensor_type(const reckon_description* description, size_t index);
// The number of dimensions; the first `capacity` of them go to `shape` (row length first, as in GGUF).
RECKON_API size_t reckon_description_tensor_shape(const reckon_description* description, size_t index,
                                                  uint64_t* shape, size_t capacity);
// Bytes of a tensor's data.
RECKON_API uint64_t reckon_description_tensor_bytes(const reckon_description* description, size_t index);

// Memory a model needs, in bytes, against what this process can have. Filled by the library: fields past
// `size` bytes are not there.
typedef struct reckon_memory_estimate {
  size_t size;         // bytes of it that the library knows
  uint64_t weights;    // packed
  uint64_t in_file;    // of the file, read row by row: the system's page cache
  uint64_t kv_cache;   // at the context asked for
  uint64_t scratch;    // activations of a step on all cores, logits
  uint64_t total;      // of the above
  uint64_t available;  // memory this process can have now
} reckon_memory_estimate;

// At a context of `context` positions; 0: the model's own; UINT64_MAX for what does not fit a number.
// cache_type: RECKON_CACHE_*. Fails with
// RECKON_INVALID_ARGUMENT (also where the environment's RECKON_ISA names no kernel set), UNSUPPORTED (this
// processor can't run the one it names), OUT_OF_MEMORY. Freed with reckon_free().
RECKON_API reckon_status reckon_description_estimate_memory(const reckon_description* description,
                                                            uint64_t context, int32_t cache_type,
                                                            reckon_memory_estimate** out,
                                                            reckon_error** error);

#ifdef __cplusplus
}
#endif

#endif
