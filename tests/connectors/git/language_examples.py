"""One file in each language, and the names that it defines."""

from __future__ import annotations

from tests.connectors.git.more_language_examples import EXAMPLES as MORE

_EXAMPLES = {
    "python": (
        """
MAX_SIZE = 3
LOWER_limit = 4
DEFAULT_NAMES: dict[str, int] = {}
if MAX_SIZE == 2:
    LOCAL_LIMIT = 2
def make_ring(part_power):
    ring_local = 1
    def inner_helper(value):
        return value
    return inner_helper
async def fetch_all(urls):
    pass
class RingBuilder(object):
    def add_dev(self, dev):
        pass
    @staticmethod
    def load_file(path):
        pass
    @classmethod
    def from_parts(
            cls, parts):
        pass
    def setUp(self):
        pass
    def test_add_dev(self):
        pass
    def __len__(self):
        return 0
class TestRing:
    def _private_one(self): pass
# def commented_out(): pass
def single(): pass
""",
        """
            DEFAULT_NAMES MAX_SIZE RingBuilder _private_one add_dev fetch_all from_parts load_file make_ring
        """,
    ),
    "c": (
        """
#include <some_header.h>
#define ARRAY_SIZE(x) (sizeof(x))
#  define MAX_DEPTH 3
struct object_array;
struct object_entry {
	unsigned int entry_flags;
};
typedef struct {
	int x;
} anon_type;
typedef int (*each_ref_fn)(const char *refname, void *cb_data);
typedef unsigned long time_stamp;
enum object_kind {
	KIND_COMMIT = 1, /* not KIND_NEVER */
	KIND_BLOB,
};
extern int extern_only(int x);
int proto_only(struct strbuf *sb);
static int multi_proto(struct strbuf *sb,
		int flags);
static int static_function(struct strbuf *sb)
{
	int local_variable = 0;
	for_each_item(item, &list) {
		do_something_else(item);
	}
	return other_function(sb);
}
void wide_function(struct strbuf *one,
		int (*fn)(int, int))
{
}
int
gnu_style (int x)
{
}
static const char *const usage_strings[] = {
	"a_b c_d",
};
int global_count;
static struct lock_file the_lock = { 0 };
/* void in_a_comment(void) { } */
""",
        """
            ARRAY_SIZE KIND_BLOB KIND_COMMIT MAX_DEPTH anon_type each_ref_fn global_count gnu_style object_entry
            object_kind static_function the_lock time_stamp usage_strings wide_function
        """,
    ),
    "c++": (
        """
class ForwardOnly;
template <typename T>
class LEVELDB_EXPORT BlockCache : public Cache<T> {
 public:
  explicit BlockCache(size_t n) : size_(n) {}
  void LookUp(const Slice& key) { count_++; }
  void OverRide() const override { }
  virtual Status NewIterator(int x) = 0;
  Status JustDeclared(int x);
  using ValueType = T;
};
BlockCache::BlockCache(int x) : size_(x) { }
Status BlockCache::DoInsert(const Slice& key,
                            Args... args) {
  if (other_thing(key)) {
    return Status::OkThen(key);
  }
}
enum class OpenMode { kReadOnly, kReadWrite };
namespace {
constexpr int kNumLevels = 7;
auto make_thing(int x) -> decltype(x) {
}
}
TEST(BlockCacheTest, Simple) {
}
""",
        """
            BlockCache DoInsert LookUp NewIterator OpenMode ValueType kNumLevels kReadOnly kReadWrite make_thing
        """,
    ),
    "go": (
        """
package chunkenc
import "strings_x/more_y"
const maxSamples = 120
var ErrNotFound = errors.New("not_found here")
type Appender interface {
	AppendSample(t int64)
}
type chunkReader struct {
	someField int `json:"some_field"`
}
const (
	EncNone Encoding = iota
	EncXOR
)
func NewXORChunk() *XORChunk {
	localValue := 3
	return makeIt(localValue)
}
func (c *XORChunk) NumSamples() int {
}
func TestXORChunk(t *testing.T) {
}
func mapKeys[K comparable](m map[K]int) []K {
}
""",
        """
            EncNone EncXOR ErrNotFound NewXORChunk NumSamples chunkReader mapKeys maxSamples
        """,
    ),
    "rust": (
        """
use crate::some_module::OtherThing;
pub const MAX_LEVEL: usize = 3;
static mut GLOBAL_STATE: u32 = 0;
macro_rules! try_hard { () => {} }
pub(crate) struct PackageId<'a> {
    some_field: &'a str,
}
pub enum SourceKind { GitRef }
trait RegistryData {
    fn load_index(&self) -> bool;
}
type CargoResult<T> = Result<T, Error>;
impl PackageId<'_> {
    pub fn version_of(&self) -> u32 { let quote = '"'; call_this(quote) }
    pub(super) async unsafe fn very_unsafe() {}
}
impl fmt::Display for PackageId<'_> {
    fn to_string(&self) -> String {}
}
#[cargo_test]
fn a_test_case() {}
#[test]
#[ignore]
fn other_test_case() {}
// fn commented_fn() {}
""",
        """
            CargoResult GLOBAL_STATE MAX_LEVEL PackageId RegistryData SourceKind load_index try_hard version_of
            very_unsafe
        """,
    ),
    "java": (
        """
package org.some_thing;
import static org.junit.Assert.assertThat;
public final class JsonReader<T extends Comparable<T>> implements Closeable {
    private static final int MAX_DEPTH = 3;
    protected int someField;
    public JsonReader(int x) { this.someField = x; }
    public void beginArray() throws IOException {
        final int localValue = computeIt(3);
        JsonToken token = new JsonToken(localValue);
        return super.doSomething(token);
    }
    static <K, V> Map<K, List<V>> groupThem(List<V> values,
            Function<V, K> by) {
    }
    void packagePrivate(String x) {
    }
    @Override
    public int peekToken() {
    }
    @Override public String nextName() { }
    @Test
    public void readsNothing() { }
    @Deprecated
    public int oldMethod() { }
}
interface JsonVisitor {
    boolean visitObject(JsonObject object);
}
enum JsonKind {
    BEGIN_ARRAY("a"),
    END_ARRAY { },
    NAME_ONLY;
}
@interface SinceVersion { }
""",
        """
            BEGIN_ARRAY END_ARRAY JsonKind JsonReader JsonVisitor MAX_DEPTH NAME_ONLY SinceVersion beginArray
            groupThem oldMethod packagePrivate visitObject
        """,
    ),
    "javascript": (
        """
const libThing = require("lib-thing");
import { otherThing } from "other";
const MAX_ITEMS = 3;
export const makeStore = (x) => x;
export default class StoreView extends BaseView {
  constructor(a) { super(a); }
  renderItem(item, { a, b } = {}) {
    const localThing = doIt(item);
    if (localThing) {
      return callBack(function () {
      });
    }
  }
  static async loadAll() {
  }
}
export function makeAction(name) {
}
function* iterateAll() {
}
exports.parseQuery = function (str) {
};
module.exports.isAbsolute = true;
app.handleRequest = function handleRequest(req, res) {
};
Router.prototype.processParams = function (layer) {
};
describe('thing', function () {
  it('does otherThings', () => {
  });
});
/* function commentedOut() {} */
""",
        """
            MAX_ITEMS StoreView handleRequest isAbsolute iterateAll loadAll makeAction makeStore parseQuery
            processParams renderItem
        """,
    ),
    "typescript": (
        """
import { type ImportedType, importedValue } from './x'
export interface RootNode<T> extends BaseNode {
  codegenNode?: TemplateChildNode
  walkTree(node: T): void
}
export type CompilerOptions = ParserOptions & OtherOptions
type LocalOnly<T> =
  | T
export enum NodeTypes {
}
export const isVoidTag: (key: string) => boolean = makeIt()
export abstract class RefImpl<T> {
  private _rawValue: T
  public readValue(depth: number): T {
    return trackIt(this)
  }
}
declare function expectType<T>(value: T): void
export async function loadConfig(path: string): Promise<Config> {
}
export const { takenFrom, renamedFrom: takenAs } = require('./api')
""",
        """
            CompilerOptions LocalOnly NodeTypes RefImpl RootNode expectType isVoidTag loadConfig readValue
              walkTree
        """,
    ),
}

#: Language -> source, the names that it defines.
DEFINITIONS = {language: (source, set(names.split())) for language, (source, names) in (_EXAMPLES | MORE).items()}
