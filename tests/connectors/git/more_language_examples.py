"""One file in each of the languages that a first look leaves out, and the names that it defines."""

from __future__ import annotations

EXAMPLES = {
    "kotlin": (
        """
package org.some_thing
import kotlin.math.absOf
const val MAX_DEPTH = 3
val defaultClient: HttpClient by lazy { makeClient() }
typealias RowHandler = (Row) -> Unit
fun String.toSlug(maxLength: Int): String {
    val localValue = maxLength + 1
    fun innerHelper() = localValue
    return "not_this ${callThis(localValue)}"
}
@Test fun checksNothing() {
}
internal data class PageRequest(
    val pageSize: Int,
) : BaseRequest(), Closeable {
    private val memberValue = 1
    fun <T : Any> readRows(by: (Row) -> T): List<T> {
        return list.map { rowItem -> by(rowItem) }
    }
    override fun closeAll() {
    }
    @Test
    fun readsRows() {
    }
    suspend inline fun awaitAll() = run {
        fun innerMost() = 1
    }
    companion object {
        @JvmField val EMPTY_PAGE = PageRequest(0)
        val sharedPool = makePool()
        const val PAGE_LIMIT = 3
    }
    class RowCursor
}
sealed interface PageEvent
fun interface PageListener {
    fun pageRead(event: PageEvent)
}
object PageRegistry {
    var lastPage: Int = 0
}
enum class PageKind(val code: Int) {
    FIRST_PAGE(1),
    LAST_PAGE(2);
}
/* fun commentedOut() {} */
""",
        """
            EMPTY_PAGE FIRST_PAGE LAST_PAGE MAX_DEPTH PAGE_LIMIT PageEvent PageKind PageListener
            PageRegistry PageRequest RowCursor RowHandler awaitAll defaultClient lastPage pageRead
            readRows sharedPool toSlug
        """,
    ),
    "scala": (
        """
package org.some_thing
import scala.util.{TryThis, SomethingElse}
sealed trait PageEvent
case class PageRead(pageSize: Int) extends PageEvent
object PageReader {
  val DefaultSize = 3
  implicit lazy val pageOrdering: Ordering[Page] = makeIt()
  def fromFile(path: String): PageReader = {
    val localValue = 1
    def innerHelper(x: Int): Int = x
    new PageReader(localValue) {
      def anonymousOne = 1
    }
  }
}
private[pages] abstract class PageReader(
    val pageCount: Int
) extends Closeable
    with Other {
  type RowType <: Row
  val memberValue = 1
  def readAll[T](f: Row => T): Seq[T]
  override def closeAll(): Unit = ()
  @Test def readsNothing(): Unit = ()
  @Test
  def readsRows(): Unit = ()
  protected final def maybeRead: Option[Row] = None
}
enum PageKind { case FirstPage, LastPage }
// def commentedOut = 1
""",
        """
            DefaultSize PageEvent PageKind PageRead PageReader RowType fromFile maybeRead pageOrdering
            readAll
        """,
    ),
    "c#": (
        """
using System.Collections.Generic;
namespace Some.PageThings
{
    public delegate void PageHandler(object sender);
    public sealed class PageReader<T> : BaseReader, IDisposable
        where T : class
    {
        private const int MaxDepth = 3;
        public static readonly Dictionary<string, List<int>> EmptyPages = new Dictionary<string, List<int>>();
        private readonly int _someField = 3;
        public event EventHandler<PageArgs> PageRead;
        public int PageSize { get; private set; }
        internal string PageTitle => _title;
        public T CurrentRow
        {
            get { return ComputeIt(); }
        }
        public PageReader(int x) { }
        public async Task<List<T>> ReadRowsAsync(int localArgument)
        {
            var localValue = await OtherCall(3);
            int LocalFunction(int x) => x;
            return localValue switch
            {
                Some localOne => null,
            };
        }
        public override string ShowAll() { }
        [Fact]
        public void ReadsNothing() { }
        [Theory, InlineData(1)] public void ReadsRows(int x) { }
        [Obsolete("x")]
        public static TOut ConvertAll<TOut>(Func<T, TOut> by) => by(null);
        void IPageReader.ExplicitOne() { }
    }
    public interface IPageVisitor
    {
        bool VisitPage(PageReader page);
    }
    public record struct PageKey(int Number);
    [Flags]
    enum PageKind
    {
        FirstPage, // not; NeverPage
        LastPage = 2
    }
}
""",
        """
            ConvertAll CurrentRow EmptyPages FirstPage IPageVisitor LastPage MaxDepth PageHandler
            PageKey PageKind PageRead PageReader PageSize PageTitle ReadRowsAsync VisitPage
        """,
    ),
    "ruby": (
        """
require "some_thing/other_thing"
module PageThings
  MAX_DEPTH = 3
  RowStruct = Struct.new(:row_size)
  class PageReader < Base::OtherReader
    attr_reader :page_size, :page_title
    private attr_accessor :row_count,
                          :row_limit
    alias_method :read_rows, :read_all
    alias short_name long_name
    def initialize(path, row_by: nil)
      @some_field = path
    end
    def read_all(path_parts)
      local_value = other_call(path_parts)
      "not_this #{call_this(local_value)}"
    end
    def self.from_file(path)
    end
    private def page_empty?
    end
    def page_size=(other)
    end
    define_method(:made_here) { 1 }
    def to_s = "some_text"
    def test_nothing
    end
  end
end
class Page::RowCursor
end
# def commented_out
=begin
def commented_too
=end
""",
        """
            MAX_DEPTH PageReader PageThings RowCursor RowStruct from_file made_here page_empty page_size
            page_title read_all read_rows row_count row_limit short_name
        """,
    ),
    "php": (
        """
<?php
namespace Some\\PageThings;
use Other\\ThingHere;
define('PAGE_LIMIT', 3);
const MAX_DEPTH = 3;
abstract class PageReader extends BaseReader implements Closeable
{
    use PageTrait;
    private const ROW_LIMIT = 3;
    public const string PAGE_TITLE = "x";
    private static $someField = 3;
    public function __construct(private int $pageSize) {}
    public static function fromFile(string $path): static
    {
        $localValue = otherCall($path);
        $by = function ($rowItem) { return $rowItem->someProperty; };
        return "not_this {$this->callThis($localValue)}";
    }
    abstract protected function &readRows(array $rows);
    #[Override]
    public function closeAll(): void {}
    public function testNothing() {}
}
interface PageVisitor
{
    public function visitPage(PageReader $page): bool;
}
trait PageTrait {
}
enum PageKind: string
{
    case FirstPage = 'a';
    case LastPage = 'b';
}
if (!function_exists('page_helper')) {
    function page_helper() {
        switch ($x) {
            case SOME_CASE:
        }
    }
}
/* function commentedOut() {} */
# function commentedToo() {}
""",
        """
            FirstPage LastPage MAX_DEPTH PAGE_LIMIT PAGE_TITLE PageKind PageReader PageTrait PageVisitor
            ROW_LIMIT fromFile page_helper readRows visitPage
        """,
    ),
    "shell": (
        """
#!/bin/sh
. ./some_lib.sh
export PAGE_HOME=/opt/page_home
PAGE_LIMIT=3
read_pages () {
    local row_count=$(count_rows "$1")
    echo 'not_this' "nor_that"
}
function write_pages {
    other_call "${PAGE_LIMIT}" # not_this_one
}
function drop_pages() {
    inner_one() { :; }
}
declare -rx PAGE_ROWS=4
with-hyphen_one() { :; }
test_nothing() { :; }
# commented_out() { :; }
call_it "$(sub_call a_b)"
single() { :; }
""",
        """
            PAGE_HOME PAGE_ROWS drop_pages inner_one read_pages write_pages
        """,
    ),
    "swift": (
        """
import Some_Thing
let defaultTimeout: TimeInterval = 3
public protocol PageReading: AnyObject {
    associatedtype RowType
    func readRows(from pageNumber: Int) throws -> [RowType]
}
open class PageReader<T>: BaseReader, PageReading where T: Codable {
    static let maxDepth = 3
    private(set) var memberValue = 1
    public class func makeReader() -> PageReader { PageReader() }
    required init(someArgument: Int) { }
    override func closeAll() { }
    @discardableResult
    public func readAll<S>(into sink: S) -> Int {
        let localValue = otherCall(sink)
        func innerHelper() { }
        switch localValue {
        case someCase:
            return 1
        case .otherCase(let rowItem):
            return rowItem
        }
        #if DEBUG
        return 0
        #endif
    }
    @Test func readsNothing() { }
    @Test
    func readsRows() { }
}
extension PageReader {
    typealias RowHandler = (Row) -> Void
    mutating func dropAll() { }
}
public enum PageKind: String {
    case firstPage, lastPage = "x" // not, neverPage
    case numberedPage(pageNumber: Int)
}
// func commentedOut() { }
""",
        """
            PageKind PageReader PageReading RowHandler RowType defaultTimeout dropAll firstPage lastPage
            makeReader maxDepth numberedPage readAll readRows
        """,
    ),
    "sql": (
        """
-- CREATE TABLE commented_out (x int);
/* CREATE VIEW commented_too AS */
CREATE TABLE IF NOT EXISTS "page_rows" (
    page_id integer REFERENCES other_table (some_column)
);
create or replace function pages.Count_Rows(p_page integer) returns integer as $$
declare
    local_value integer := 3;
begin
    insert into some_table values ('not_this');
end $$ language plpgsql;
CREATE TEMPORARY TABLE temp_rows (x int);
CREATE TABLE #hash_rows (x int);
CREATE MATERIALIZED VIEW page_totals AS SELECT 1;
CREATE PROCEDURE [dbo].[DropPages] @PageId int AS SELECT 1;
CREATE UNIQUE INDEX page_index ON page_rows (page_id);
CREATE TYPE page_kind AS ENUM ('first_page');
ALTER TABLE other_rows ADD COLUMN x int;
CREATE DEFINER=`root`@`%` VIEW `some_db`.`page_view` AS SELECT 1;
""",
        """
            DropPages count_rows page_kind page_rows page_totals page_view
        """,
    ),
}
