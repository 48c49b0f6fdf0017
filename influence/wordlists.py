"""Words that say nothing about who somebody is: names of roles, houses that give addresses to anybody, given names.

From common knowledge, not from any one data set; add what your house needs.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Names of accounts and roles that stand where a person's name should: nobody is recognised by them.
NO_NAMES = _words("""
admin administrator anonymous debian default dev developer ec2-user git guest me name nobody none null owner pi root
svn system test tester ubuntu unknown user vagrant you
""").union(
    (
        "a user",
        "first last",
        "firstname lastname",
        "full name",
        "jane doe",
        "john doe",
        "no author",
        "no name",
        "root user",
        "super user",
        "system administrator",
        "test user",
        "unknown author",
        "unknown user",
        "your name",
    )
)

#: Local parts of addresses of a role, a machine or nobody: two that share one are not one for it.
ROLES = _words("""
abuse admin administrator anonymous bar bot bugs build builds ci code contact dev dev-null devel developer developers
devnull do-not-reply donotreply email foo git github hello help hi hostmaster info list lists mail me name no-reply
nobody none noreply null office postmaster press root sales security spam support svn team test tester ubuntu unknown
user username users vagrant webmaster you you.email your your.email your.name your_email yourname
""")

#: Domains where anybody gets an address, or where a large community does.
FREE_MAIL = _words("""
126.com 163.com acm.org alum.mit.edu aol.com apache.org att.net bigpond.com bk.ru btinternet.com centrum.cz
comcast.net cox.net daum.net debian.org duck.com fastmail.com fastmail.fm fastmail.net foxmail.com free.fr freebsd.org
freenet.de gentoo.org gmail.com gmx.com gmx.de gmx.net gnu.org googlemail.com hanmail.net hey.com hotmail.com
icloud.com ieee.org inbox.ru interia.pl kernel.org laposte.net libero.it list.ru live.com mac.com mail.com mail.ru
mailbox.org me.com msn.com naver.com ntlworld.com o2.pl onet.pl orange.fr outlook.com pm.me posteo.de posteo.net
proton.me protonmail.com qq.com rediffmail.com riseup.net rogers.com sbcglobal.net seznam.cz shaw.ca sina.com
sympatico.ca t-online.de tutanota.com ubuntu.com users.sourceforge.net verizon.net vip.qq.com wanadoo.fr web.de wp.pl
ya.ru yahoo.co.jp yahoo.co.uk yahoo.com yahoo.fr yandex.ru ymail.com zoho.com
""")

#: Common given names, folded: one of these alone never tells who somebody is.
GIVEN_NAMES = _words("""
aakash aarav aaron abdul abdullah abel abhay abhinav abhishek adaeze adam adele aditya adrian agata agnes ahmad ahmed
aidan aiden aisha ajay akash akihiro akira akshat akshay alain alan albert alberto alejandro aleksander aleksandr
aleksandra alena alessandra alessandro alex alexander alexandra alexandre alexandru alexei alexey alexis alfred
alfredo ali alice alina alison alistair allan allen alma aman amanda amelia amelie amin amina amir amit amy ana anand
anas anastasia anatoly anders andre andrea andreas andrei andrej andres andrew andrey andrzej andy angel angela angus
aniket anil anita anja anjali ankit ankur anna anne annette annie anouk ansh anthony antoine anton antonio anubhav
anup anurag april ari ariel arjun armin arnaud arne arno arnold arpit arthur artur arun arvind ashish ashley ashok
ashwin astrid atsushi august aurelie austin axel ayush balaji barbara barbora barry bart bastian beata beatrice ben
bence benedikt benjamin benny benoit bernard bernd bernhard bert bharat bhavesh bianca bilal bill bjoern bjorn blake
bob bogdan boris brad bradley brandon brendan brent brett brian brigitte bronwyn bruce bruno bryan caleb callum
cameron carl carla carlo carlos carmel carmen carol caroline carsten casey catherine cathy cecilia cedric celine chad
chandan charles charlie charlotte chen chetan chiara chidi chinemerem chloe chris christian christina christine
christoph christophe christopher ciaran cindy claire clara clare claude claudia claudio claus clemens clement cody
colin connor conrad constantin corey corinna cornelia craig cristian cristina curtis cyril daisuke dale damian damien
dan dana daniel daniela daniele danilo danny daria dario darren darshan daryl dave david dean deborah deepak delia
denis dennis derek desmond devansh devin dhruv diana dick diego dieter dilip dimitri dinesh dirk divya divyansh dmitri
dmitry dmytro dominic dominik dominika don donald donghyun donna dorothy doug douglas drew duncan dustin dylan earl
eddie edgar edith eduard eduardo edward edwin eileen elaine elena eli elias elisa elisabeth elise eliza elizabeth ella
ellen emeka emil emilia emilio emily emma emmanuel enrico enrique enzo eric erica erich erik erika erin ernest ernst
erwan erwin esben esther eszter ethan eugene eva evan eveline evgeny ewa fabian fabien fabio fabrice faisal farhan
fatima federico felix femi fernando filip fiona flavio florian francesco francis francisco francois frank frans fred
freddy frederic frederik fredrik frida gabor gabriel gareth gary gaurav gavin geoff geoffrey georg george gerald
gerard gerd gerhard gert gianluca gilbert gilles giorgio giovanni girish giulio giuseppe glen glenn gopal goran gordon
gowtham grace graham greg gregor gregory greta guido guilherme guillaume gunnar gustav gustavo guus guy gwen hamish
hamza hanna hannah hannes hans harald hardik hari harold harry harsh harsha haruki hasan hassan heather heidi heiko
heinz helen helena helmut hendrik henning henri henrik henry herbert herve hideki hila hilary himanshu hiroki hiroshi
hiroyuki hitesh holger howard hubert hugo hussain hyun ian ibrahim idris ifeanyi igal igor ilya imad imran inga ingo
ingrid ioana irene iris iryna isaac isabel ishaan ismail istvan iva ivan ivo izabela jaap jacek jack jackson jacob
jacques jaewon jaime jake jakob jakub jamal james jamie jan jane janet janne jared jarek jaroslav jason jasper jatin
javier jay jayesh jean jeff jeffrey jennifer jens jeremy jeroen jerome jerry jesse jessica jesus jill jim jimmy jiri
jisoo jitendra jiwoo joan joana joao joaquin jocelyn jochen joe joel joerg johan johann johannes john johnny jolanta
jon jonah jonas jonathan jonny joost jordan jorge jorn jose josef joseph josh joshua josip jozef juan judith julia
julian julie julien julius jun jurgen justin justyna kabir kai kaito kamal kamil karan karen karim karin karina karl
karol karolina karsten karthik kartik kaspar kasper katarina kate katherine kathleen kathryn kathy katie katja katrin
kaushik kazimierz kazuki keiko keith kelly ken kenji kenneth kent kenta kerry kevin khaled khalid kieran kim kiran
kirill kirsten klara klaus kofi konrad konstantin kota kris krishna kristian kristin kristina kristof krzysztof kumar
kunal kurt kwame kyle lakshmi lance larry lars laszlo laura lauren laurent lauri lawrence leah lee leif lena leo leon
leonard leonardo leonid leslie levi lewis li liam lidia lin linda lisa liu liz lokesh lorenz lorenzo lotte lou louis
luc luca lucas lucia lucy ludovic luigi luis luisa luiz lukas lukasz luke lydia lyle maarten maciej madeleine mads
magda magdalena magnus mahesh mahmoud maja makoto malcolm malgorzata manfred manish manoj manuel manuela mara marc
marcel marcela marcelo marcin marco marcos marcus marek margaret maria mariana mariano marie marina mario marion
marius mariusz mark marko markus marlon marta martha martijn martin martina marvin mary masaki masashi masato mason
matej mateo mateusz mathias mathieu matias mats matt matteo matthew matthias matthieu maud maurice mauricio mauro max
maxim maxime maximilian mayank mayumi meera megan mehdi mehmet melanie mette mia michael michal michel michele
michelle miguel mihai mikael mike mikhail miki mikko milan milena miles milos minho minji minjun minoru mira miriam
mirko miroslav mitch mitchell mohamed mohammad mohammed mohan mohit molly monica monika monique morgan moritz morten
muhammad mukesh mustafa nadia nadine nadja nagesh nancy naoki naoko nasir natalia natalie natasha nate nathalie nathan
nathaniel naveen neha neil nelly nenad ngozi niall nicholas nick nico nicola nicolai nicolaj nicolas nicole niels
nigel nikhil nikita niklas nikola nikolai nikolay nikos nilesh nils nina nishant nitesh nitin noah noel noemi nora
norbert noriko norman oana obinna olaf ole oleg oleksandr olga oliver olivia olivier oluwaseun omar omer oriol orlando
osama osamu oscar oskar osman otto owen pablo paddy pamela pankaj panos paolo parth pascal pasi patrice patricia
patrick patrik paul paula paulina paulo pavel pavlo pawel pedro peggy penny per perry petar pete peter petr petra
petteri phil philip philipp philippa philippe pia pierre piet piotr piyush pooja prabhat pradeep prakash pranav prasad
prashant pratik praveen predrag prem priya przemek puneet qi rachel rachit radek radim radoslav rafael raghav rahil
rahul raj rajat rajeev rajesh rakesh ralf ralph raluca ram ramesh ramon ramona randall randolph randy ranjan raphael
raquel rashid raul ravi ray raymond rebecca reinhard rene reza rhys ricardo riccardo rich richard rick rishabh rita
ritesh rob robbie robert roberta roberto robin rodney rodrigo roel roger rohan rohit roland rolf romain roman ron
ronak ronald rory rosa rosemary rosie ross roxana roy ruben rudolf rudy rui rupert russ russell ruth ryan ryo ryota
saad sabine sabrina sachin sagar sahil sally salman sam samantha sameer samir samira samuel samuli sanchit sandeep
sander sandra sandro sandy sanjay sanjeev sanna santiago santosh sara sarah sascha saskia satish satomi satoshi
saurabh scott sean sebastian sebastiano sebastien selim seojun serge sergei sergey sergio serhii seth shane shannon
sharon shashank shaun shawn sheila shigeru shin shinji shivam shota shreya shubham sid siddharth sigrid silvia simon
simone slava slawomir sneha sofia sonia sonja sophia sophie soren sourabh srinivas stacey stacy stan stanislav stefan
stefano steffen stella steph stephan stephane stephanie stephen steve steven stewart stuart subhash sudhir sujit sumit
sungho sunil sunny suraj suresh surya susan susanne sven svetlana swapnil sylvain sylvia tadeusz takashi tamara tanya
tara tariq taro tarun tatiana tatjana tatsuya taylor ted teemu tejas teppo teresa terry tessa tetsuya theo theresa
thibault thierry thijs thomas thorsten tiago tibor tiffany tilman tim timo timothy timur tina tobias toby todd tom
tomas tomasz tommy tomoko toni tony tore toru toshio tracy travis trevor tristan troy tunde tuomas tushar tyler uday
udo ujjwal ulf ulla ulrich ulrike umesh ursula usman utkarsh uwe vadim valentin valeria valerie valeriy vanessa varun
vasily vera veronica vesa victor victoria vijay vikas vikram viktor viktoria vilius ville vinay vincent vincenzo vinod
violeta vipul virginia vishal vitaly vitor vivek vivian vlad vladimir vojtech volker vuk walter wanda wang warren
wayne wei wendy werner wesley wilhelm will william wim witold wojciech wolfgang xander xavier yan yang yann yannick
yaroslav yash yasin yasir yasmin yasuo yi yoann yoav yogesh yoko yong yoshi yosuke youngho youssef yuki yukio yuliya
yuri yusuf yuta yuval yves yvette yvonne zach zachary zain zainab zbigniew zdenek zhang zoe zoltan zsolt
""")

#: Surnames that about a million people or more share: a common given name before them names many people.
COMMON_SURNAMES = _words("""
adams agarwal aggarwal ahmad ahmed ali allen anderson bhat brown campbell carter chauhan choudhary chowdhury clark
costa das davis diaz edwards evans fernandez ferreira flores garcia gomez gonzalez green gupta hall harris hassan
hernandez hill hossain hussain ibrahim islam ito iyer jackson jain jha johnson jones joshi kaur khan king kumar lewis
lopez malhotra malik martin martinez mehta miller mishra mitchell mohamed moore nair nakamura nelson oliveira pandey
patel pereira perez phillips prasad rahman raj ramirez rao reddy roberts robinson rodriguez saini sanchez santos sato
scott shah sharma silva singh sinha smith souza srivastava suzuki takahashi tanaka taylor thakur thomas thompson
tiwari torres tripathi turner verma walker watanabe white williams wilson wright yadav yamamoto young
""")

#: Surnames of one syllable that millions share: with a given name of one syllable they name thousands of people.
SHORT_SURNAMES = _words("""
bai cai cao chan chang chen cheng choi cui dai deng ding dong du fan fang feng fu gao gu guo han hao he ho hong hou hu
huang jang jeong ji jia jiang jin jung kang kim ko kong kwon lai lam lau lee lei li liang liao lim lin liu long lu luo
lv ma meng mo ng nguyen pan park peng pham qian qin qiu ren seo shao shen shi shin song su sun tan tang tao tian tran
tsai vu wan wang wei wong wu xia xiang xiao xie xing xiong xu xue yan yang yao ye yi yin yoon yu yuan zeng zhang zhao
zheng zhong zhou zhu zou
""")
