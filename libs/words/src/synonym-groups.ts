/**
 * Words that people use for one another when they ask about data. Each line is one group; the planner prefers a name that
 * stands in the catalog, then words given by users, then these, then WordNet's.
 */
const lines = `
movie film picture flick
rating score grade mark
revenue gross earnings sales turnover income takings
price cost fare fee charge
salary wage pay compensation
budget spending expenditure cost
customer client buyer
vendor supplier seller
employee staff worker personnel
salesperson salespeople representative seller
student pupil
teacher instructor professor lecturer
course class subject
car auto automobile vehicle
maker manufacturer producer brand make
kind type category genre class sort
name title label called
nation country
city town municipality
zip postal postcode zipcode
phone telephone mobile cell
email mail
gender sex
address residence location
place location site venue city town
state province
area size surface extent
population inhabitant citizen resident people
altitude elevation height
mountain peak mount
length duration
date day
time hour
year yr
distance mile range
delay lateness late tardiness
temperature temp
precipitation rainfall
wind windspeed
weather condition
symbol ticker
stock share equity symbol ticker
number count quantity amount volume
weight mass
speed velocity pace
horsepower hp power
mpg mileage economy
fuel gallon
economy mile
mileage mile gallon
engine motor
airport airfield
airline carrier operator
flight trip
origin source departure start
destination arrival target
strike collision hit incident
animal wildlife creature
species bird
studio distributor
movie-goer viewer
director filmmaker
vote voter
story screenplay
restaurant eatery diner
food cuisine dish
review comment feedback
user member person account
friend follower
order purchase transaction
product item article good
discount rebate
profit margin earnings
loss deficit
shop store outlet branch
company firm business organization corporation
department division unit
manager boss head supervisor
author writer
paper publication article
journal magazine
conference venue
book volume
song track
singer artist musician vocalist performer
concert gig performance show
stadium arena venue
team club side
player athlete
match game fixture
goal point
goal score
injury wound
death fatality killed casualty
birth born
child kid
disease illness
doctor physician
patient case
hospital clinic
pet animal
dog puppy
description detail text
status state condition
language tongue
capacity seat
attendance visitor
tip gratuity
age old
id identifier code key
first-name forename given
last-name surname family
runtime running
latitude lat
longitude lon lng
average mean avg
minimum min lowest
maximum max highest
`;

/** Word → other words of its groups. */
export const synonymGroups: ReadonlyMap<string, ReadonlySet<string>> = (() => {
  const index = new Map<string, Set<string>>();
  for (const line of lines.trim().split("\n")) {
    const words = line.split(" ");
    for (const word of words) {
      const others = index.get(word) ?? new Set<string>();
      for (const other of words) if (other !== word) others.add(other);
      index.set(word, others);
    }
  }
  return index;
})();

/** Abbreviations in names of tables and columns, spelled out. */
export const abbreviations: Readonly<Record<string, string>> = {
  cust: "customer",
  tx: "transaction",
  txn: "transaction",
  trx: "transaction",
  dp: "daily price",
  ccy: "currency",
  qty: "quantity",
  amt: "amount",
  avg: "average",
  mpg: "miles per gallon",
  lbs: "pounds",
  lb: "pounds",
  kg: "kilograms",
  hp: "horsepower",
  dob: "date of birth",
  dept: "department",
  emp: "employee",
  mgr: "manager",
  num: "number",
  nbr: "number",
  addr: "address",
  desc: "description",
  cat: "category",
  prod: "product",
  acct: "account",
  loc: "location",
  lat: "latitude",
  lon: "longitude",
  lng: "longitude",
  temp: "temperature",
  max: "maximum",
  min: "minimum",
  pct: "percent",
  dt: "date",
  ts: "timestamp",
  crtd: "created",
  upd: "updated",
  msg: "message",
  img: "image",
  org: "organization",
  stu: "student",
  fname: "first name",
  lname: "last name",
  yr: "year",
  mo: "month",
  hr: "hour",
  sec: "second",
  abbr: "abbreviation",
  lang: "language",
  inv: "invoice",
  ref: "reference",
  dest: "destination",
  orig: "origin",
  dep: "departure",
  arr: "arrival",
  precip: "precipitation",
  fk: "",
  pk: "",
  tel: "telephone",
  tot: "total",
  prev: "previous",
  curr: "current",
  std: "standard",
  freq: "frequency",
  spd: "speed",
  vol: "volume",
  wt: "weight",
  ht: "height",
  gen: "gender",
  nat: "nationality",
  prof: "professor",
  univ: "university",
  gpa: "grade point average",
  cnt: "count",
  pop: "population",
};
